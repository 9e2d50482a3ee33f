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
    bool gone = false;
    {
        MutexLock lock(m_mutex);
        if (m_settled)
            return;
        m_callbacks.push_back(std::move(f));
        gone = m_gone;
    }
    if (gone)
        m_mailbox->call([self = shared_from_this()] { self->run_callbacks(); });
}

bool DeferredCore::is_settled()
{
    MutexLock lock(m_mutex);
    return m_settled;
}

std::optional<Reply> DeferredCore::take_reply()
{
    std::vector<std::function<void()>> dropped; // destroyed after the lock
    MutexLock lock(m_mutex);
    dropped.swap(m_callbacks);
    return std::exchange(m_reply, {});
}

void DeferredCore::client_gone()
{
    {
        MutexLock lock(m_mutex);
        m_gone = true;
    }
    run_callbacks();
}

void DeferredCore::run_callbacks()
{
    std::vector<std::function<void()>> callbacks;
    {
        MutexLock lock(m_mutex);
        callbacks.swap(m_callbacks);
    }
    for (auto const& f : callbacks)
        f();
}

} // namespace staithe::http
