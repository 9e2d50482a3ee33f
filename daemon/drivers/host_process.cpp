#include "host_process.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "daemon/drivers/clean_text.hpp"
#include "daemon/os/spawn.hpp"

namespace staithe::drivers {

using namespace std::chrono_literals;
using rpc::driver::Function;
using rpc::driver::Type;

namespace {

    constexpr auto late_grace = 2s; // for a driver that sees its deadline and tidies up
    constexpr auto cancel_grace = 10s;
    constexpr auto close_time = 5s;
    constexpr int exit_wait_ms = 1000; // between the end of the channel and the end of its process
    constexpr int cancel_poll_ms = 50;

    std::vector<std::string> environment()
    {
        std::vector<std::string> env { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=C.UTF-8", "HOME=/" };
        for (auto& setting : os::sanitizer_settings())
            env.push_back(std::move(setting));
        return env;
    }

    bool is_cancelled(Call const& call)
    {
        return call.cancel && call.cancel->load(std::memory_order_relaxed);
    }

    std::string seconds(int64_t nanoseconds)
    {
        int64_t const ms = std::max<int64_t>(nanoseconds / 1'000'000, 0);
        if (ms < 1000)
            return std::to_string(ms) + " ms";
        return std::to_string((ms + 500) / 1000) + " s";
    }

    os::Deadline quiet_until(Call const& call)
    {
        return call.stall.count() > 0 ? os::Deadline::after(call.stall) : os::Deadline::never();
    }

    int wait_time(Call const& call, os::Deadline quiet)
    {
        int left = -1;
        for (int const time : { call.deadline.poll_timeout(), quiet.poll_timeout(), call.cancel ? cancel_poll_ms : -1 })
            if (time >= 0)
                left = left < 0 ? time : std::min(left, time);
        return left;
    }

} // namespace

HostProcess::HostProcess(Options options)
    : m_options(std::move(options))
    , m_id { m_options.load.kind, m_options.load.name }
{
}

Result<std::unique_ptr<HostProcess>> HostProcess::start(Options options, UniqueFd image, Call const& call)
{
    std::unique_ptr<HostProcess> host(new HostProcess(std::move(options)));
    auto ends = STAITHE_TRY(rpc::Channel::pair());
    host->m_channel = std::move(ends.first);
    host->m_far_end = std::move(ends.second);
    try {
        host->m_thread = std::thread([raw = host.get()] { raw->watch(); });
    } catch (std::system_error const& e) {
        return Error { STAITHE_UNAVAILABLE, e.code().value(), "cannot make a thread for " + host->m_id.describe() };
    }
    STAITHE_TRY(host->load(std::move(image), call));
    return host;
}

HostProcess::~HostProcess()
{
    if (!m_thread.joinable())
        return;
    (void)send(message(Type::Quit), os::Deadline::after(1s));
    auto const deadline = os::Deadline::after(close_time);
    {
        MutexLock lock(m_mutex);
        while (!m_over && !deadline.passed())
            (void)m_changed.wait_for(m_mutex, 100ms);
    }
    kill("it did not close");
    m_thread.join();
}

bool HostProcess::alive() const
{
    MutexLock lock(m_mutex);
    return !m_over && m_doom.empty();
}

Result<void> HostProcess::load(UniqueFd image, Call const& call)
{
    auto order = message(Type::Load, m_options.load);
    order.fds.push_back(std::move(image));
    auto const pending = STAITHE_TRY(PendingCall::create(Function::Dlopen));
    auto const nothing = no_transfer();
    auto const answer = STAITHE_TRY(exchange(call, pending, std::move(order), *nothing));
    m_loaded = STAITHE_TRY(rpc::driver::decode_loaded(answer.message.payload));
    m_loaded.version = clean_text(m_loaded.version);
    return {};
}

Result<Answer> HostProcess::ask(Call const& call, rpc::driver::Call request, Transfer& transfer, int root)
{
    if (call.deadline.passed())
        return Error { STAITHE_CANCELLED, ETIMEDOUT,
            "the deadline passed before " + m_id.describe() + " could be asked" };
    request.request_id = call.request_id;
    request.deadline_ns = call.deadline.monotonic();
    auto const pending = STAITHE_TRY(PendingCall::create(request.function));
    auto order = message(Type::Call, request);
    if (auto end = STAITHE_TRY(transfer.driver_end()))
        order.fds.push_back(std::move(end));
    if (root >= 0)
        order.fds.push_back(STAITHE_TRY(UniqueFd::duplicate_of(root)));
    return exchange(call, pending, std::move(order), transfer);
}

Result<uint64_t> HostProcess::enlist(std::shared_ptr<PendingCall> const& pending)
{
    MutexLock lock(m_mutex);
    if (m_over || !m_doom.empty())
        return Error { STAITHE_UNAVAILABLE, 0, m_id.describe() + " has just died" };
    m_pending[m_next_number] = pending;
    return m_next_number++;
}

Result<Answer> HostProcess::exchange(
    Call const& call, std::shared_ptr<PendingCall> const& pending, rpc::Message order, Transfer& transfer)
{
    order.call = STAITHE_TRY(enlist(pending));
    auto const sent = send(order, call.deadline);
    if (!sent && sent.error().code != STAITHE_UNAVAILABLE)
        kill("it takes no messages any more"); // half a message may be under way
    order.fds.clear(); // or the driver's end of the pipe would stay open here
    auto const awaited = await(call, order.call, *pending, transfer);
    {
        MutexLock lock(m_mutex);
        m_pending.erase(order.call);
    }
    // A source that was cut or a sink that broke is the cause; what the driver made of it is its consequence.
    if (auto failure = transfer.failure())
        return std::move(*failure);
    STAITHE_TRY(awaited);
    auto answer = pending->take();
    // The driver may see the deadline before we do and give up by itself: the same error, whoever is first.
    if (!answer && answer.error().code == STAITHE_CANCELLED && call.deadline.passed() && !is_cancelled(call))
        return late(*pending, call.deadline);
    if (answer)
        STAITHE_TRY(transfer.finish());
    return answer;
}

Result<void> HostProcess::await(Call const& call, uint64_t number, PendingCall& pending, Transfer& transfer)
{
    auto quiet = quiet_until(call);
    while (!pending.answered()) {
        if (is_cancelled(call))
            return stop(number, pending, { STAITHE_CANCELLED, 0, "the request was cancelled" }, cancel_grace, transfer);
        if (call.deadline.passed())
            return stop(number, pending, late(pending, call.deadline), late_grace, transfer);
        if (quiet.passed())
            return stop(number, pending, stalled(pending, call), late_grace, transfer);
        pollfd polled[2] = { { pending.event(), POLLIN, 0 }, { transfer.fd(), transfer.events(), 0 } };
        (void)::poll(polled, 2, wait_time(call, quiet)); // poll skips a descriptor of -1
        if (!(polled[1].revents))
            continue;
        if (auto const ended = transfer.move())
            end_stream(number, *ended, transfer);
        quiet = quiet_until(call); // what the client took for its part is not the driver's
    }
    return {};
}

Error HostProcess::stalled(PendingCall const& pending, Call const& call) const
{
    return { STAITHE_UNAVAILABLE, ETIMEDOUT,
        m_id.describe() + " did not go on with " + place(pending) + " for " + seconds(call.stall.count()) };
}

Error HostProcess::late(PendingCall const& pending, os::Deadline deadline) const
{
    auto const allowed = seconds(deadline.monotonic() - pending.asked_ns());
    return { STAITHE_UNAVAILABLE, ETIMEDOUT,
        m_id.describe() + " did not answer " + place(pending) + " within " + allowed };
}

void HostProcess::end_stream(uint64_t number, Result<void> const& ended, Transfer& transfer)
{
    rpc::driver::StreamEnd end { static_cast<bool>(ended), {} };
    if (!ended)
        end.error = ended.error();
    // Before the pipe's end, which makes the driver ask for this.
    (void)send(message(Type::StreamEnd, end, number), os::Deadline::after(1s));
    transfer.close();
}

Result<void> HostProcess::stop(
    uint64_t number, PendingCall& pending, Error error, std::chrono::nanoseconds grace, Transfer& transfer)
{
    (void)send(message(Type::Cancel, number), os::Deadline::after(1s));
    end_stream(number, Error { STAITHE_CANCELLED, 0, "the call was cancelled" }, transfer);
    auto const deadline = os::Deadline::after(grace);
    while (!pending.answered() && !deadline.passed()) {
        pollfd polled { pending.event(), POLLIN, 0 };
        (void)::poll(&polled, 1, deadline.poll_timeout());
    }
    // Done after all: that is the truth, and whoever asked must know it.
    if (pending.succeeded())
        return {};
    if (!pending.answered())
        kill("it did not come back from " + place(pending));
    return error;
}

Result<void> HostProcess::send(rpc::Message const& message, os::Deadline deadline)
{
    MutexLock lock(m_send_mutex);
    return m_channel.send(message, deadline);
}

std::string HostProcess::place(PendingCall const& pending) const
{
    MutexLock lock(m_mutex);
    auto const function = pending.function() == Function::Dlopen ? m_stage : pending.function();
    return std::string(rpc::driver::name(function)) + "()";
}

Result<pid_t> HostProcess::spawn()
{
    // The second word is for people who read a process list.
    auto pid =
        os::spawn({ m_options.program, { "staithe-driver-host", m_id.stem() }, environment(), { m_far_end.fd() } });
    m_far_end.close();
    return pid;
}

void HostProcess::watch()
{
    auto const pid = spawn();
    {
        MutexLock lock(m_mutex);
        if (pid)
            m_pid = pid.value();
        else if (m_doom.empty())
            m_doom = pid.error().message;
        if (pid && !m_doom.empty())
            (void)::kill(-m_pid, SIGKILL);
    }
    while (pid) {
        auto received = m_channel.receive(os::Deadline::never());
        if (!received && received.error().code != STAITHE_UNAVAILABLE)
            kill("it broke the framing of its channel");
        if (!received)
            break;
        dispatch(std::move(received).value());
    }
    bury();
}

void HostProcess::dispatch(rpc::Message message)
{
    switch (static_cast<Type>(message.type)) {
    case Type::Stage: {
        MutexLock lock(m_mutex);
        if (!message.payload.empty())
            m_stage = static_cast<Function>(message.payload[0]);
        return;
    }
    case Type::Log: return take_log(message);
    case Type::Part: return take_items(message);
    case Type::Loaded:
    case Type::Done:
    case Type::Failed: return take_answer(std::move(message));
    default: return kill("it sent a message of unknown type " + std::to_string(message.type));
    }
}

void HostProcess::take_log(rpc::Message const& message) const
{
    auto const log = rpc::driver::decode_log(message.payload);
    if (log && m_options.log)
        m_options.log(std::clamp<int32_t>(log.value().level, STAITHE_DEBUG, STAITHE_MISBEHAVING),
            m_id.describe() + ": " + clean_text(log.value().line));
}

void HostProcess::take_items(rpc::Message const& message)
{
    auto const pending = find(message.call);
    auto part = rpc::driver::decode_part(message.payload);
    if (pending && (!part || !pending->add(std::move(part.value().items))))
        kill("it answered " + place(*pending) + " with more or other than it may");
}

void HostProcess::take_answer(rpc::Message message)
{
    auto const pending = find(message.call);
    if (!pending)
        return;
    if (static_cast<Type>(message.type) == Type::Failed)
        pending->answer(judge(message, *pending));
    else
        pending->answer(std::move(message));
}

Error HostProcess::judge(rpc::Message const& message, PendingCall const& pending) const
{
    auto decoded = rpc::driver::decode_failed(message.payload);
    if (!decoded)
        return { STAITHE_INTERNAL, 0, m_id.describe() + " answered nonsense to " + place(pending) };
    auto& failed = decoded.value();
    Error error = std::move(failed.error);
    error.message = clean_text(error.message);
    if (error.code < STAITHE_INVALID || error.code > STAITHE_INTERNAL)
        error.code = STAITHE_INTERNAL;
    if (failed.broken)
        return { STAITHE_INTERNAL, 0,
            m_id.describe() + " broke its contract in " + place(pending) + ": " + error.message };
    if (failed.function == Function::FetchUrl)
        return error; // a sentence that clients know; it is about their URL, not about the driver
    return std::move(error).with_context(m_id.describe());
}

std::shared_ptr<PendingCall> HostProcess::find(uint64_t number)
{
    MutexLock lock(m_mutex);
    auto const found = m_pending.find(number);
    return found == m_pending.end() ? nullptr : found->second;
}

/// Ends what is left of the process and its children, and tells how it ended by itself if it did.
int HostProcess::reap()
{
    pid_t pid;
    {
        MutexLock lock(m_mutex);
        pid = m_pid;
    }
    UniqueFd const process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd polled { process.get(), POLLIN, 0 };
    if (process && ::poll(&polled, 1, exit_wait_ms) == 0)
        kill("it closed its channel");
    MutexLock lock(m_mutex);
    (void)::kill(-pid, SIGKILL); // what the driver forked; the group exists until its leader is reaped
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    m_pid = -1;
    return status;
}

void HostProcess::bury()
{
    bool running;
    {
        MutexLock lock(m_mutex);
        running = m_pid > 0;
    }
    std::string const ending = running ? os::describe_exit(reap()) : "was not started";
    std::map<uint64_t, std::shared_ptr<PendingCall>> orphans;
    std::string doom;
    {
        MutexLock lock(m_mutex);
        m_over = true;
        orphans.swap(m_pending);
        doom = m_doom;
        m_changed.notify_all();
    }
    for (auto const& [number, pending] : orphans)
        pending->answer(Error { STAITHE_UNAVAILABLE, 0,
            doom.empty() ? m_id.describe() + " died in " + place(*pending) + ": its process " + ending
                         : m_id.describe() + " was stopped in " + place(*pending) + ": " + doom });
}

void HostProcess::kill(std::string reason)
{
    MutexLock lock(m_mutex);
    if (m_over)
        return;
    if (m_doom.empty())
        m_doom = std::move(reason);
    if (m_pid > 0)
        (void)::kill(-m_pid, SIGKILL);
}

} // namespace staithe::drivers
