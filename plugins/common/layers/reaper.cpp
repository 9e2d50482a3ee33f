// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/reaper.hpp"

#include "trees/dir_stack.hpp"

namespace staithe::layers {

Reaper::Reaper(int trash, Log log)
    : m_trash(trash)
    , m_log(log)
    , m_thread([this] { run(); })
{
}

Reaper::~Reaper()
{
    {
        MutexLock const lock(m_mutex);
        m_stop = true;
        m_changed.notify_all();
    }
    m_thread.join();
}

void Reaper::wake()
{
    MutexLock const lock(m_mutex);
    ++m_wanted;
    m_changed.notify_all();
}

void Reaper::settle()
{
    MutexLock const lock(m_mutex);
    uint64_t const wanted = m_wanted;
    while (m_done < wanted && !m_stop)
        m_changed.wait(m_mutex);
}

void Reaper::run()
{
    MutexLock lock(m_mutex);
    while (!m_stop) {
        if (m_done == m_wanted) {
            m_changed.wait(m_mutex);
            continue;
        }
        uint64_t const round = m_wanted;
        lock.unlock();
        empty_trash();
        lock.lock();
        m_done = round;
        m_changed.notify_all();
    }
}

void Reaper::empty_trash()
{
    auto const names = trees::names_in(m_trash);
    if (!names)
        return m_log(STAITHE_ERROR, "cannot empty the trash: " + names.error().message);
    for (auto const& name : names.value()) {
        auto const removed = trees::remove_tree(m_trash, name.c_str(), &m_stop);
        if (m_stop)
            return;
        if (!removed)
            m_log(STAITHE_WARNING, "cannot free '" + name + "': " + removed.error().message);
    }
}

} // namespace staithe::layers
