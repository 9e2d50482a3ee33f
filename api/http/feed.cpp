#include "api/http/feed.hpp"

#include <algorithm>

#include "api/http/reply.hpp"

namespace staithe::http {

bool FeedCore::write(std::string_view chunk)
{
    MutexLock lock(m_mutex);
    if (m_gone || m_given_up)
        return false;
    if (chunk.empty())
        return true;
    size_t const before = m_pending.size();
    m_given_up = m_backlog > m_limit;
    if (m_given_up)
        m_pending = {};
    else if (m_chunked)
        put_chunk(m_pending, chunk);
    else
        m_pending.append(chunk);
    m_backlog += m_given_up ? 0 : m_pending.size() - before;
    return ring() && !m_given_up;
}

void FeedCore::end()
{
    MutexLock lock(m_mutex);
    if (m_gone || std::exchange(m_ended, true))
        return;
    if (m_chunked && !m_given_up)
        m_pending.append("0\r\n\r\n");
    (void)ring();
}

/// False when no gate is there any more.
bool FeedCore::ring()
{
    if (!std::exchange(m_rung, true) && !m_mailbox->feed(shared_from_this())) {
        m_gone = true;
        m_pending = {};
    }
    return !m_gone;
}

void FeedCore::on_client_gone(std::function<void()> f)
{
    if (m_departure.add(std::move(f)))
        m_mailbox->call([self = shared_from_this()] { self->m_departure.tell(); });
}

FeedCore::Portion FeedCore::take()
{
    MutexLock lock(m_mutex);
    m_rung = false;
    if (m_limit == SIZE_MAX)
        m_limit = backlog_limit + m_backlog;
    return { std::exchange(m_pending, {}), m_ended, m_given_up };
}

void FeedCore::sent(size_t count)
{
    MutexLock lock(m_mutex);
    m_backlog -= std::min(count, m_backlog);
}

void FeedCore::client_gone()
{
    {
        MutexLock lock(m_mutex);
        m_gone = true;
        m_pending = {};
    }
    m_departure.happen();
}

} // namespace staithe::http
