// One thread for work that nobody waits for: cleaning up after a keeper that died, starting containers again after a
// reboot. It is made with the first job; jobs run one after the other, and those not begun at the end are dropped.
#pragma once

#include <deque>
#include <functional>
#include <thread>

#include <staithe/cpp/mutex.hpp>

namespace staithe::containers {

class Background {
public:
    Background() = default;
    Background(Background const&) = delete;
    Background& operator=(Background const&) = delete;
    ~Background();

    /// [any-thread]
    void run(std::function<void()> job) EXCLUDES(m_mutex);
    /// Drops what has not begun and waits for what has; run() does nothing from then on.
    void stop() EXCLUDES(m_mutex);
    /// For long jobs. [any-thread]
    bool stopping() const EXCLUDES(m_mutex);

private:
    void work() EXCLUDES(m_mutex);

    mutable Mutex m_mutex;
    CondVar m_changed;
    std::deque<std::function<void()>> m_jobs GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::thread m_thread;
};

} // namespace staithe::containers
