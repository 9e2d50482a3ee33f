// SPDX-License-Identifier: Apache-2.0
//
// Frees what lies in a trash directory, in a thread of its own.
#pragma once

#include <atomic>
#include <thread>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/plugin.hpp>

namespace staithe::layers {

class Reaper {
public:
    /// The directory stays the caller's and must outlive this. What is in it already is freed too.
    Reaper(int trash, Log log);
    /// Stops soon, also in the middle of a tree; the rest is for the next start.
    ~Reaper();

    /// There is more to free.
    void wake();
    /// Waits until everything that was there is freed or has failed.
    void settle();

private:
    void run();
    void empty_trash();

    int m_trash;
    Log m_log;
    std::atomic<bool> m_stop = false;
    Mutex m_mutex;
    CondVar m_changed;
    uint64_t m_wanted GUARDED_BY(m_mutex) = 1; ///< rounds asked for
    uint64_t m_done GUARDED_BY(m_mutex) = 0;
    std::thread m_thread;
};

} // namespace staithe::layers
