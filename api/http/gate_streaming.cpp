// The half of the gate that serves connections whose reply has no end of its own: feeds and WebSockets.
#include <sys/epoll.h>

#include "api/http/feed.hpp"
#include "api/http/gate.hpp"
#include "api/http/websocket_pump.hpp"

namespace staithe::http {

void Gate::begin_feed(Connection& connection)
{
    connection.state = State::Fed;
    if (m_stopping)
        return close(connection);
    if (connection.head().method != "HEAD")
        return feed_on(connection);
    // The head is the whole reply; whoever would write the body learns that nobody reads it.
    std::exchange(connection.feed, {})->client_gone();
    end_feed(connection);
}

void Gate::feed(FeedCore& core)
{
    auto const found = m_connections.find(core.connection());
    if (found != m_connections.end() && found->second->state == State::Fed && found->second->feed.get() == &core)
        feed_on(*found->second);
}

void Gate::feed_on(Connection& connection)
{
    auto portion = connection.feed->take();
    if (portion.given_up)
        return close(connection);
    connection.output.append(portion.bytes);
    auto const sent =
        send_now(connection.socket.get(), std::string_view(connection.output).substr(connection.output_sent));
    if (!sent)
        return close(connection);
    connection.feed->sent(sent.value());
    connection.output_sent += sent.value();
    if (portion.ended) {
        connection.feed.reset();
        return end_feed(connection);
    }
    bool const waits = connection.output_sent < connection.output.size();
    if (!waits || connection.output_sent > connection.output.size() / 2) {
        connection.output.erase(0, std::exchange(connection.output_sent, 0));
        connection.output.shrink_to_fit();
    }
    watch(connection, (waits ? EPOLLOUT : 0u) | (connection.half_closed ? 0u : static_cast<uint32_t>(EPOLLRDHUP)));
}

void Gate::end_feed(Connection& connection)
{
    bool const reusable = connection.head().minor == 1 && connection.is_reusable();
    connection.after = reusable ? After::KeepAlive : After::Linger;
    write_on(connection);
}

void Gate::begin_pump(Connection& connection)
{
    connection.state = State::Pumped;
    epoll_event event { EPOLLONESHOT, { .u64 = connection.id | stream_side } };
    if (epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, connection.pump->stream(), &event) != 0)
        return close(connection);
    pump_on(connection);
}

void Gate::pump_event(uint64_t id, uint32_t events)
{
    auto const found = m_connections.find(id & ~stream_side);
    if (found == m_connections.end())
        return;
    auto& pump = *found->second->pump;
    if (events & (EPOLLHUP | EPOLLERR))
        id& stream_side ? pump.stream_hung_up() : pump.client_hung_up();
    pump_on(*found->second);
}

void Gate::pump_on(Connection& connection)
{
    auto& pump = *connection.pump;
    if (m_stopping)
        pump.stop();
    pump.turn(Clock::now());
    if (pump.is_over())
        return close(connection);
    connection.deadline = pump.deadline();
    if (pump.watches_stream()) {
        epoll_event event { pump.stream_events() | EPOLLONESHOT, { .u64 = connection.id | stream_side } };
        epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, pump.stream(), &event);
    }
    if (pump.watches_client())
        watch(connection, pump.client_events());
}

} // namespace staithe::http
