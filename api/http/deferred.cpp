#include "api/http/deferred.hpp"

namespace staithe::http {

void DeferredCore::send(Reply reply)
{
    {
        MutexLock lock(m_mutex);
        if (std::exchange(m_settled, true))
            return;
        m_reply = std::move(reply);
    }
    m_mailbox->settle(shared_from_this());
}

void DeferredCore::drop()
{
    {
        MutexLock lock(m_mutex);
        if (std::exchange(m_settled, true))
            return;
    }
    m_mailbox->settle(shared_from_this());
}

void DeferredCore::on_client_gone(std::function<void()> f)
{
    if (!is_settled() && m_departure.add(std::move(f)))
        m_mailbox->call([self = shared_from_this()] { self->m_departure.tell(); });
}

bool DeferredCore::is_settled()
{
    MutexLock lock(m_mutex);
    return m_settled;
}

std::optional<Reply> DeferredCore::take_reply()
{
    auto const dropped = m_departure.take(); // destroyed after the lock
    MutexLock lock(m_mutex);
    return std::exchange(m_reply, {});
}

} // namespace staithe::http
