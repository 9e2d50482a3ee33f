// SPDX-License-Identifier: Apache-2.0
//
// A thread for work that nobody waits for. It exists while there is something to do and for a short rest afterwards, so
// that a program at rest is not made of threads at rest.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/result.hpp>

namespace staithe {

/// Thread-safe.
class Worker {
public:
    static constexpr std::chrono::milliseconds rest { 1000 };

    /// work: does whatever there is to do and returns. It runs at least once after every wake(), never twice at a time.
    explicit Worker(std::function<void()> work)
        : m_work(std::move(work))
    {
    }
    ~Worker() { stop(); }
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;

    /// There is something to do. An Error: no thread can be had; the next wake() tries again.
    Result<void> wake() EXCLUDES(m_mutex);
    /// Waits for work under way, which should look at stopping() if it may take long, and begins none any more. Not
    /// from within work.
    void stop() EXCLUDES(m_mutex);
    bool stopping() const EXCLUDES(m_mutex);

private:
    void run() EXCLUDES(m_mutex);

    std::function<void()> const m_work;
    mutable Mutex m_mutex;
    CondVar m_changed;
    bool m_wanted GUARDED_BY(m_mutex) = false;
    bool m_running GUARDED_BY(m_mutex) = false;
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::thread m_thread GUARDED_BY(m_mutex);
};

inline Result<void> Worker::wake()
{
    MutexLock lock(m_mutex);
    m_wanted = true;
    if (m_stopping)
        return {};
    if (m_running) {
        m_changed.notify_all();
        return {};
    }
    if (m_thread.joinable())
        m_thread.join(); // it has let go of the mutex for good
    try {
        m_thread = std::thread([this] { run(); });
    } catch (std::system_error const& e) {
        return Error { STAITHE_UNAVAILABLE, e.code().value(), std::string("cannot start a thread: ") + e.what() };
    }
    m_running = true;
    return {};
}

inline void Worker::stop()
{
    std::thread last;
    {
        MutexLock lock(m_mutex);
        m_stopping = true;
        m_changed.notify_all();
        last = std::move(m_thread);
    }
    if (last.joinable())
        last.join();
}

inline bool Worker::stopping() const
{
    MutexLock lock(m_mutex);
    return m_stopping;
}

inline void Worker::run()
{
    MutexLock lock(m_mutex);
    while (!m_stopping) {
        if (std::exchange(m_wanted, false)) {
            lock.unlock();
            m_work();
            lock.lock();
        } else if (!m_changed.wait_for(m_mutex, rest) && !m_wanted) {
            break;
        }
    }
    m_running = false;
}

} // namespace staithe
