// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/reaper.hpp"

#include "trees/dir_stack.hpp"

namespace staithe::layers {

Reaper::Reaper(int trash, Log log)
    : m_trash(trash)
    , m_log(log)
    , m_worker([this] { work(); })
{
    start();
}

Reaper::~Reaper()
{
    {
        MutexLock const lock(m_mutex);
        m_stop = true;
        m_changed.notify_all();
    }
    m_worker.stop();
}

void Reaper::wake()
{
    {
        MutexLock const lock(m_mutex);
        ++m_wanted;
    }
    start();
}

void Reaper::start()
{
    auto const started = m_worker.wake();
    if (!started)
        m_log(STAITHE_WARNING, "cannot empty the trash now: " + started.error().message);
}

void Reaper::settle()
{
    MutexLock const lock(m_mutex);
    uint64_t const wanted = m_wanted;
    while (m_done < wanted && !m_stop)
        m_changed.wait(m_mutex);
}

void Reaper::work()
{
    MutexLock lock(m_mutex);
    uint64_t const round = m_wanted;
    lock.unlock();
    empty_trash();
    lock.lock();
    m_done = round;
    m_changed.notify_all();
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
