// SPDX-License-Identifier: Apache-2.0
//
// Frees what lies in a trash directory, behind everybody's back.
#pragma once

#include <atomic>

#include <staithe/cpp/plugin.hpp>
#include <staithe/cpp/worker.hpp>

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
    void start();
    void work();
    void empty_trash();

    int m_trash;
    Log m_log;
    std::atomic<bool> m_stop = false;
    Mutex m_mutex;
    CondVar m_changed;
    uint64_t m_wanted GUARDED_BY(m_mutex) = 1; ///< rounds asked for
    uint64_t m_done GUARDED_BY(m_mutex) = 0;
    Worker m_worker;
};

} // namespace staithe::layers
