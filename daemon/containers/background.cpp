#include "daemon/containers/background.hpp"

#include <utility>

namespace staithe::containers {

Background::Background()
    : m_worker([this] { work(); })
{
}

void Background::run(std::function<void()> job)
{
    {
        MutexLock lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    (void)m_worker.wake(); // without a thread now it waits for the next job
}

void Background::work()
{
    MutexLock lock(m_mutex);
    while (!m_jobs.empty() && !stopping()) {
        auto const job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

} // namespace staithe::containers
