// Removing big trees without making anybody wait: a rename, and the rest later. What an interruption leaves bears a
// name that says what it is.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/cpp/worker.hpp>

#include "daemon/os/log.hpp"

namespace staithe::volumes {

/// Thread-safe.
class Trash {
public:
    /// Its end stops in the middle of a tree; take() continues with it another time.
    Trash(UniqueFd directory, os::Log&);
    Trash(Trash const&) = delete;
    Trash& operator=(Trash const&) = delete;

    /// Is this the name of something that was taken already?
    static bool holds(std::string_view name);
    /// An entry of the directory is out of the way on return and gone some time later. Failures are logged: it is left
    /// for the next start.
    void take(std::string const& name) EXCLUDES(m_mutex);

private:
    void work() EXCLUDES(m_mutex);

    UniqueFd const m_directory;
    os::Log& m_log;
    Mutex m_mutex;
    std::deque<std::string> m_names GUARDED_BY(m_mutex);
    Worker m_worker; // last: its thread ends before the names go
};

} // namespace staithe::volumes
