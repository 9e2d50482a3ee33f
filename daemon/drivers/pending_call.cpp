#include "pending_call.hpp"

#include <sys/eventfd.h>

#include <iterator>

#include "daemon/os/clock.hpp"

namespace staithe::drivers {

namespace {

    constexpr size_t max_answer_bytes = 256u << 20;

}

Result<std::shared_ptr<PendingCall>> PendingCall::create(rpc::driver::Function function)
{
    UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event)
        return errno_error("cannot make an event descriptor");
    return std::make_shared<PendingCall>(function, std::move(event));
}

PendingCall::PendingCall(rpc::driver::Function function, UniqueFd event)
    : m_function(function)
    , m_event(std::move(event))
    , m_asked_ns(os::monotonic_ns())
{
}

bool PendingCall::answered() const
{
    MutexLock lock(m_mutex);
    return m_answer.has_value();
}

bool PendingCall::succeeded() const
{
    MutexLock lock(m_mutex);
    return m_answer && *m_answer;
}

bool PendingCall::add(std::vector<rpc::driver::Item> items)
{
    MutexLock lock(m_mutex);
    for (auto const& item : items)
        m_bytes += item.path.size() + sizeof item;
    m_items.insert(m_items.end(), std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
    return m_bytes <= max_answer_bytes;
}

void PendingCall::answer(Result<rpc::Message> answer)
{
    MutexLock lock(m_mutex);
    if (m_answer)
        return;
    m_answer = std::move(answer);
    (void)::eventfd_write(m_event.get(), 1);
}

Result<Answer> PendingCall::take()
{
    MutexLock lock(m_mutex);
    if (!*m_answer)
        return std::move(m_answer->error());
    return Answer { std::move(*m_answer).value(), std::move(m_items) };
}

} // namespace staithe::drivers
