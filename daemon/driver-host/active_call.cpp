#include "active_call.hpp"

#include <sys/eventfd.h>

#include <staithe/cpp/text.hpp>

#include "daemon/os/clock.hpp"

namespace staithe::driver_host {

ActiveCall::ActiveCall(uint64_t number, rpc::driver::Call request, UniqueFd stream, UniqueFd root)
    : m_number(number)
    , m_request(std::move(request))
    , m_stream(std::move(stream))
    , m_root(std::move(root))
    , m_cancel_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    m_table.struct_size = sizeof m_table;
    m_table.cancel_fd = m_cancel_event.get();
    m_table.deadline_ns = m_request.deadline_ns;
    m_table.request_id = text(m_request.request_id);
    m_table.ctx = this;
    m_table.cancelled = [](staithe_call const* call) { return static_cast<ActiveCall*>(call->ctx)->cancelled(); };
}

bool ActiveCall::cancelled() const
{
    return m_cancelled.load(std::memory_order_relaxed) || os::Deadline::at(m_request.deadline_ns).passed();
}

void ActiveCall::cancel()
{
    MutexLock lock(m_mutex);
    m_cancelled = true;
    (void)::eventfd_write(m_cancel_event.get(), 1);
    m_changed.notify_all();
}

void ActiveCall::end_stream(rpc::driver::StreamEnd end)
{
    MutexLock lock(m_mutex);
    m_end = std::move(end);
    m_changed.notify_all();
}

std::optional<rpc::driver::StreamEnd> ActiveCall::stream_end()
{
    MutexLock lock(m_mutex);
    while (!m_end && !m_cancelled)
        m_changed.wait(m_mutex);
    return m_end;
}

} // namespace staithe::driver_host
