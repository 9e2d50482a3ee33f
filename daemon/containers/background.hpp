// Jobs that nobody waits for: cleaning up after a keeper that died, starting containers again after a reboot. They run
// one after the other, and those not begun at the end are dropped.
#pragma once

#include <deque>
#include <functional>

#include <staithe/cpp/worker.hpp>

namespace staithe::containers {

class Background {
public:
    Background();
    Background(Background const&) = delete;
    Background& operator=(Background const&) = delete;

    /// [any-thread]
    void run(std::function<void()> job) EXCLUDES(m_mutex);
    /// Drops what has not begun and waits for what has; run() does nothing from then on.
    void stop() { m_worker.stop(); }
    /// For long jobs. [any-thread]
    bool stopping() const { return m_worker.stopping(); }

private:
    void work() EXCLUDES(m_mutex);

    Mutex m_mutex;
    std::deque<std::function<void()>> m_jobs GUARDED_BY(m_mutex);
    Worker m_worker; // last: its thread ends before the jobs go
};

} // namespace staithe::containers
