#include "server.hpp"

#include <unistd.h>

#include <system_error>
#include <thread>

namespace staithe::driver_host {

using rpc::driver::Type;

namespace {

    /// More than the daemon has requests under way at once, each of which may need two (a diff that an apply reads): a
    /// call that waits for its other half, or for a slow client, must keep neither from beginning.
    constexpr unsigned max_workers = 64;
    constexpr auto idle_time = std::chrono::seconds(1);

    rpc::Message refusal(rpc::driver::Function function, uint64_t call, Error error)
    {
        return message(Type::Failed, rpc::driver::Failed { function, false, std::move(error) }, call);
    }

} // namespace

Server::Server(rpc::Channel& channel, Outbox& out, Image const& image)
    : m_channel(channel)
    , m_out(out)
    , m_image(image)
{
}

void Server::run()
{
    for (;;) {
        auto received = m_channel.receive(os::Deadline::never());
        if (!received)
            ::_exit(0); // the daemon is gone; nothing here may outlive it, whatever the driver is doing
        rpc::Message message = std::move(received).value();
        switch (static_cast<Type>(message.type)) {
        case Type::Call: begin(std::move(message)); break;
        case Type::Cancel:
            if (auto call = find(message.call))
                call->cancel();
            break;
        case Type::StreamEnd:
            if (auto call = find(message.call))
                if (auto end = rpc::driver::decode_stream_end(message.payload))
                    call->end_stream(std::move(end).value());
            break;
        case Type::Quit: wait_until_idle(); return;
        default: break;
        }
    }
}

void Server::begin(rpc::Message message)
{
    auto request = rpc::driver::decode_call(message.payload);
    if (!request)
        return m_out.send(refusal({}, message.call, request.error()));
    auto const function = request.value().function;
    message.fds.resize(2);
    auto call = std::make_shared<ActiveCall>(
        message.call, std::move(request).value(), std::move(message.fds[0]), std::move(message.fds[1]));
    MutexLock lock(m_mutex);
    m_calls[message.call] = call;
    m_queue.push_back(std::move(call));
    if (m_waiting >= m_queue.size() || m_workers == max_workers)
        return m_work.notify_one();
    try {
        std::thread([this] { work(); }).detach();
        ++m_workers;
    } catch (std::system_error const&) {
        if (m_workers > 0)
            return; // one of them will come to it
        m_queue.pop_back();
        m_calls.erase(message.call);
        lock.unlock();
        m_out.send(refusal(function, message.call, { STAITHE_UNAVAILABLE, EAGAIN, "cannot make a thread" }));
    }
}

std::shared_ptr<ActiveCall> Server::find(uint64_t number)
{
    MutexLock lock(m_mutex);
    auto const found = m_calls.find(number);
    return found == m_calls.end() ? nullptr : found->second;
}

std::shared_ptr<ActiveCall> Server::next()
{
    if (m_queue.empty()) {
        ++m_waiting;
        (void)m_work.wait_for(m_mutex, idle_time);
        --m_waiting;
    }
    if (m_queue.empty())
        return nullptr;
    auto call = std::move(m_queue.front());
    m_queue.pop_front();
    return call;
}

void Server::work()
{
    MutexLock lock(m_mutex);
    while (auto call = next()) {
        lock.unlock();
        auto const answer = perform(m_image, *call, m_out);
        lock.lock();
        m_calls.erase(call->number());
        lock.unlock();
        call.reset();
        m_out.send(answer);
        lock.lock();
        m_idle.notify_all();
    }
    --m_workers;
    m_idle.notify_all();
}

void Server::wait_until_idle()
{
    MutexLock lock(m_mutex);
    while (!m_calls.empty())
        m_idle.wait(m_mutex);
}

} // namespace staithe::driver_host
