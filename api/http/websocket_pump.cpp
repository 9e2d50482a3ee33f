#include "api/http/websocket_pump.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>

namespace staithe::http {

namespace {

    using namespace std::chrono_literals;

    constexpr size_t to_stream_limit = 64u << 10, to_client_limit = 128u << 10;
    constexpr size_t client_step = 64u << 10, stream_step = 32u << 10, kept_capacity = 4096;
    constexpr auto linger_time = 2000ms;

    bool would_wait(ssize_t result)
    {
        return result < 0 && (errno == EAGAIN || errno == EINTR);
    }

    /// Closing with unread bytes would reset the connection and could destroy what the peer has not read yet.
    void discard_received(int socket)
    {
        char block[16384];
        for (int i = 0; i < 64 && ::recv(socket, block, sizeof block, MSG_DONTWAIT) > 0; ++i) { }
    }

} // namespace

std::string& Outgoing::tail()
{
    if (m_sent == m_bytes.size())
        clear();
    else if (m_sent > client_step)
        m_bytes.erase(0, std::exchange(m_sent, 0));
    return m_bytes;
}

void Outgoing::clear()
{
    m_sent = 0;
    if (m_bytes.capacity() > kept_capacity)
        m_bytes = {};
    m_bytes.clear();
}

WebSocketPump::WebSocketPump(int client, std::string early, UniqueFd stream, std::chrono::milliseconds patience)
    : m_client(client)
    , m_stream(std::move(stream))
    , m_patience(patience)
    , m_input(std::move(early))
{
}

void WebSocketPump::turn(Clock::time_point now)
{
    m_progress = false;
    if (m_input.empty() && reads_client())
        read_client();
    if (stream_events() & EPOLLIN)
        read_stream();
    do {
        m_input.erase(0, take_frames(m_input));
        write_stream();
        write_client();
    } while (!m_input.empty() && has_room());
    settle(now);
}

bool WebSocketPump::has_room() const
{
    return m_to_stream.size() < to_stream_limit && m_to_client.size() < to_client_limit;
}

bool WebSocketPump::reads_client() const
{
    return !m_client_ended && (m_lingering || (m_takes_frames && has_room()));
}

void WebSocketPump::read_client()
{
    char block[client_step];
    ssize_t const n = ::recv(m_client, block, sizeof block, MSG_DONTWAIT);
    if (would_wait(n))
        return;
    if (n <= 0) {
        m_client_ended = m_close_queued = true;
        m_takes_frames = m_awaits_close = false;
        return;
    }
    std::string_view const bytes(block, static_cast<size_t>(n));
    m_input.assign(bytes.substr(take_frames(bytes)));
}

/// Gives how many bytes need not be shown again.
size_t WebSocketPump::take_frames(std::string_view bytes)
{
    size_t used = 0;
    while (used < bytes.size() && m_takes_frames && has_room()) {
        auto const outcome =
            m_frames.read(bytes.substr(used), m_to_stream.tail(), to_stream_limit - m_to_stream.size());
        used += outcome.used;
        if (m_stream_deaf || !m_stream)
            m_to_stream.clear();
        take_event(outcome.event);
    }
    return m_takes_frames ? used : bytes.size();
}

void WebSocketPump::take_event(FrameReader::Event event)
{
    using Event = FrameReader::Event;
    if (event == Event::Ping && !m_close_queued)
        put_frame(m_to_client.tail(), Opcode::Pong, m_frames.control());
    if (event != Event::Close && event != Event::Failed)
        return;
    queue_close(m_frames.close_code());
    m_takes_frames = m_awaits_close = false;
}

void WebSocketPump::queue_close(CloseCode code)
{
    if (std::exchange(m_close_queued, true))
        return;
    std::string rest;
    m_repair.finish(rest);
    if (!rest.empty())
        put_frame(m_to_client.tail(), Opcode::Text, rest);
    put_close(m_to_client.tail(), code);
}

void WebSocketPump::write_stream()
{
    if (!m_stream || m_to_stream.empty())
        return;
    auto const bytes = m_to_stream.view();
    ssize_t const n = ::send(m_stream.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) {
        m_to_stream.consume(static_cast<size_t>(n));
        m_progress = true;
    } else if (!would_wait(n)) {
        m_stream_deaf = true;
        m_to_stream.clear();
    }
}

void WebSocketPump::read_stream()
{
    char block[stream_step];
    ssize_t const n = ::recv(m_stream.get(), block, sizeof block, MSG_DONTWAIT);
    if (would_wait(n))
        return;
    if (n <= 0)
        return stream_ended();
    if (m_close_queued)
        return;
    std::string text;
    m_repair.append({ block, static_cast<size_t>(n) }, text);
    if (!text.empty())
        put_frame(m_to_client.tail(), Opcode::Text, text);
}

void WebSocketPump::stream_ended()
{
    close_stream();
    if (m_close_queued)
        return;
    queue_close(CloseCode::Normal);
    m_awaits_close = true;
}

void WebSocketPump::write_client()
{
    if (m_to_client.empty())
        return;
    auto const bytes = m_to_client.view();
    ssize_t const n = ::send(m_client, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) {
        m_to_client.consume(static_cast<size_t>(n));
        m_progress = true;
    } else if (!would_wait(n)) {
        client_hung_up();
    }
}

void WebSocketPump::client_hung_up()
{
    m_hung_up = m_close_queued = true;
    m_to_client.clear();
}

void WebSocketPump::close_stream()
{
    if (m_stream) {
        ::shutdown(m_stream.get(), SHUT_RD);
        discard_received(m_stream.get());
    }
    m_stream.reset();
    m_to_stream.clear();
}

void WebSocketPump::stop()
{
    queue_close(CloseCode::GoingAway);
    m_stopping = true;
    m_takes_frames = m_awaits_close = false;
}

void WebSocketPump::settle(Clock::time_point now)
{
    if (m_stream && !m_takes_frames && (m_to_stream.empty() || m_stopping))
        close_stream();
    if (!m_client_over && m_close_queued && m_to_client.empty())
        settle_client();
    set_deadline(now);
}

/// Everything has been said.
void WebSocketPump::settle_client()
{
    m_client_over = m_client_ended || (m_hung_up && !m_takes_frames);
    if (m_client_over || m_awaits_close || m_takes_frames)
        return;
    if (!std::exchange(m_lingering, true))
        ::shutdown(m_client, SHUT_WR);
    if (!m_stopping)
        return;
    discard_received(m_client);
    m_client_over = true;
}

void WebSocketPump::set_deadline(Clock::time_point now)
{
    bool const ends = m_close_queued || m_stream_hung_up;
    if (!ends || (std::exchange(m_counts_down, true) && !m_progress))
        return;
    bool const moves = !m_to_stream.empty() || !m_to_client.empty();
    m_deadline = now + (moves ? m_patience : linger_time);
}

uint32_t WebSocketPump::client_events() const
{
    if (m_client_over)
        return 0;
    return (reads_client() ? EPOLLIN : 0u) | (m_to_client.empty() ? 0u : static_cast<uint32_t>(EPOLLOUT));
}

uint32_t WebSocketPump::stream_events() const
{
    if (!m_stream)
        return 0;
    bool const reads = m_close_queued || m_to_client.size() < to_client_limit;
    return (reads ? EPOLLIN : 0u) | (m_to_stream.empty() ? 0u : static_cast<uint32_t>(EPOLLOUT));
}

} // namespace staithe::http
