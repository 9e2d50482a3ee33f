#include "api/http/mailbox.hpp"

#include <sys/eventfd.h>

#include <cstdint>

namespace staithe::http {

Result<std::shared_ptr<Mailbox>> Mailbox::create()
{
    UniqueFd event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event)
        return errno_error("cannot create an event descriptor");
    return std::make_shared<Mailbox>(std::move(event));
}

void Mailbox::give_back(Connection& connection)
{
    MutexLock lock(m_mutex);
    if (m_closed)
        return;
    m_mail.returned.push_back(&connection);
    ring();
}

void Mailbox::settle(std::shared_ptr<DeferredCore> core)
{
    MutexLock lock(m_mutex);
    if (m_closed)
        return;
    m_mail.settled.push_back(std::move(core));
    ring();
}

bool Mailbox::feed(std::shared_ptr<FeedCore> core)
{
    MutexLock lock(m_mutex);
    if (m_closed)
        return false;
    m_mail.fed.push_back(std::move(core));
    ring();
    return true;
}

void Mailbox::call(std::function<void()> f)
{
    MutexLock lock(m_mutex);
    if (m_closed)
        return;
    m_mail.calls.push_back(std::move(f));
    ring();
}

void Mailbox::ring()
{
    if (std::exchange(m_rung, true))
        return;
    // Cannot fail: the counter never comes near its limit.
    uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(m_event.get(), &one, sizeof one);
}

void Mailbox::close()
{
    Mail dropped; // what it holds may reach for this mailbox: destroyed after the lock
    MutexLock lock(m_mutex);
    m_closed = true;
    std::swap(dropped, m_mail);
}

Mailbox::Mail Mailbox::take()
{
    MutexLock lock(m_mutex);
    if (std::exchange(m_rung, false)) {
        uint64_t count = 0;
        [[maybe_unused]] auto const size = ::read(m_event.get(), &count, sizeof count);
    }
    return std::exchange(m_mail, {});
}

} // namespace staithe::http
