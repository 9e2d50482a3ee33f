// Signals, and waiting for the end that they bring.
#include "daemon/containers/container.hpp"

#include <csignal>
#include <utility>

namespace staithe::containers {

namespace {

    constexpr std::chrono::seconds after_kill { 10 };

    Error immortal()
    {
        return { STAITHE_UNAVAILABLE, 0, "it does not end within 10 seconds after SIGKILL" };
    }

    bool is_ending(Error const& error)
    {
        return error.code == STAITHE_CONFLICT || error.code == STAITHE_UNAVAILABLE;
    }

} // namespace

Container::Live Container::settled()
{
    MutexLock lock(m_mutex);
    while (m_phase == Phase::Starting)
        m_changed.wait(m_mutex);
    return { m_keeper, m_record.run };
}

bool Container::await_end(uint32_t run, std::chrono::nanoseconds span)
{
    auto const deadline = os::Deadline::after(span);
    MutexLock lock(m_mutex);
    while (m_phase == Phase::Running && m_record.run == run) {
        int64_t const left = deadline.monotonic() - os::monotonic_ns();
        if (left <= 0)
            return false;
        m_changed.wait_for(m_mutex, std::chrono::nanoseconds(left));
    }
    return true;
}

Container::Live Container::settled_or_let_lie()
{
    auto live = settled();
    if (live.keeper)
        return live;
    MutexLock lock(m_mutex);
    if (std::exchange(m_due, false))
        save();
    return live;
}

Result<void> Container::send(drivers::Call const& call, drivers::Keeper& keeper, int signal) const
{
    auto sent = keeper.signal(call, signal);
    if (!sent && !is_ending(sent.error())) // its keeper's end may end it all the same; then the client is not told
        m_context.log.warning("cannot signal container '" + name + "': " + sent.error().message, call.request_id);
    return sent;
}

Result<void> Container::stop(std::string_view request_id, int seconds)
{
    constexpr int longest = 7 * 24 * 3600;
    auto const live = settled_or_let_lie();
    if (!live.keeper)
        return {};
    drivers::Call const call { std::string(request_id) };
    auto const asked = send(call, *live.keeper, SIGTERM);
    std::chrono::seconds const grace(seconds < 0 ? 10 : std::min(seconds, longest));
    if (asked && await_end(live.run, grace))
        return {};
    return kill(request_id, 0);
}

Result<void> Container::kill(std::string_view request_id, int signal)
{
    if (signal < 0 || signal > SIGRTMAX)
        return Error { STAITHE_INVALID, 0, "invalid signal " + std::to_string(signal) };
    auto const live = settled_or_let_lie();
    if (!live.keeper)
        return {};
    drivers::Call const call { std::string(request_id) };
    auto sent = send(call, *live.keeper, signal == 0 ? SIGKILL : signal);
    bool const ending = !sent && is_ending(sent.error());
    if (signal != 0)
        return ending ? Result<void>() : std::move(sent);
    if (await_end(live.run, after_kill))
        return {};
    return sent ? Result<void>(immortal()) : std::move(sent);
}

Result<void> Container::resize(std::string_view request_id, uint32_t height, uint32_t width)
{
    auto const live = settled();
    bool const tty = read([](store::ContainerRecord const& record) { return record.config.tty; });
    if (!live.keeper || !tty)
        return Error { STAITHE_INTERNAL, 0, "ptyMaster does not have Fd() method" };
    return live.keeper->resize({ std::string(request_id) }, height, width);
}

} // namespace staithe::containers
