// Makes what was committed lazily durable within a second: one sync for all of it.
#pragma once

#include <string>

#include <staithe/cpp/worker.hpp>

namespace staithe::store {

/// Thread-safe.
class LateSync {
public:
    explicit LateSync(std::string file);
    ~LateSync();
    LateSync(LateSync const&) = delete;
    LateSync& operator=(LateSync const&) = delete;

    /// The file has got something that is to be synced before long.
    void want() EXCLUDES(m_mutex);
    /// It has been synced by somebody else.
    void settle() EXCLUDES(m_mutex);

private:
    void work() EXCLUDES(m_mutex);
    void sync() const;

    std::string m_file;
    Mutex m_mutex;
    CondVar m_changed;
    bool m_wanted GUARDED_BY(m_mutex) = false;
    bool m_stopping GUARDED_BY(m_mutex) = false;
    Worker m_worker;
};

} // namespace staithe::store
