#include "daemon/containers/background.hpp"

#include <utility>

namespace staithe::containers {

Background::~Background()
{
    stop();
}

void Background::run(std::function<void()> job)
{
    MutexLock lock(m_mutex);
    if (m_stopping)
        return;
    m_jobs.push_back(std::move(job));
    if (!m_thread.joinable())
        m_thread = std::thread([this] { work(); });
    m_changed.notify_one();
}

void Background::stop()
{
    {
        MutexLock lock(m_mutex);
        m_stopping = true;
        m_jobs.clear();
        m_changed.notify_one();
    }
    if (m_thread.joinable())
        m_thread.join();
}

bool Background::stopping() const
{
    MutexLock lock(m_mutex);
    return m_stopping;
}

void Background::work()
{
    MutexLock lock(m_mutex);
    for (;;) {
        while (m_jobs.empty() && !m_stopping)
            m_changed.wait(m_mutex);
        if (m_stopping)
            return;
        auto const job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

} // namespace staithe::containers
