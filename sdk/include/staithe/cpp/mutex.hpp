// SPDX-License-Identifier: Apache-2.0
//
// A mutex that clang's -Wthread-safety understands, and the words to declare what it guards. With other compilers the
// words mean nothing and the classes are std::mutex and friends.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define STAITHE_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define STAITHE_THREAD_ATTRIBUTE(x)
#endif

#define CAPABILITY(x) STAITHE_THREAD_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY STAITHE_THREAD_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) STAITHE_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) STAITHE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) STAITHE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) STAITHE_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) STAITHE_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS STAITHE_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace staithe {

class CAPABILITY("mutex") Mutex {
public:
    void lock() ACQUIRE() { m_mutex.lock(); }
    void unlock() RELEASE() { m_mutex.unlock(); }

private:
    std::mutex m_mutex;
};

/// Holds a Mutex for a scope; may be released early and taken again.
class SCOPED_CAPABILITY MutexLock {
public:
    explicit MutexLock(Mutex& mutex) ACQUIRE(mutex)
        : m_mutex(mutex)
    {
        m_mutex.lock();
    }
    ~MutexLock() RELEASE()
    {
        if (m_held)
            m_mutex.unlock();
    }
    MutexLock(MutexLock const&) = delete;
    MutexLock& operator=(MutexLock const&) = delete;
    void unlock() RELEASE()
    {
        m_held = false;
        m_mutex.unlock();
    }
    void lock() ACQUIRE()
    {
        m_mutex.lock();
        m_held = true;
    }

private:
    Mutex& m_mutex;
    bool m_held = true;
};

/// Waits on a Mutex that the caller holds: `while (!ready) condition.wait(m_mutex);`
class CondVar {
public:
    void wait(Mutex& mutex) REQUIRES(mutex) { m_condition.wait(mutex); }
    /// False when the time passed first.
    bool wait_for(Mutex& mutex, std::chrono::nanoseconds span) REQUIRES(mutex)
    {
        return m_condition.wait_for(mutex, span) == std::cv_status::no_timeout;
    }
    void notify_one() { m_condition.notify_one(); }
    void notify_all() { m_condition.notify_all(); }

private:
    std::condition_variable_any m_condition;
};

} // namespace staithe
