// Carries bytes between a WebSocket client and the stream socket that the server side holds, in the gate's thread.
//
// Memory is bounded in both directions: a side that does not take what it gets is not read from on the other side.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

#include "api/http/settings.hpp"
#include "api/http/utf8.hpp"
#include "api/http/websocket_frame.hpp"

namespace staithe::http {

/// Bytes on their way out.
class Outgoing {
public:
    std::string_view view() const { return std::string_view(m_bytes).substr(m_sent); }
    size_t size() const { return m_bytes.size() - m_sent; }
    bool empty() const { return size() == 0; }
    /// To append to.
    std::string& tail();
    void consume(size_t count) { m_sent += count; }
    void clear();

private:
    std::string m_bytes;
    size_t m_sent = 0;
};

/// [gate-thread] once started. The way to the end: whoever closes first, what was already received is still carried,
/// then Close frames are exchanged (RFC 6455 §7), then the sockets go. A client that vanishes is one that closed.
class WebSocketPump {
public:
    /// client: non-blocking, and not owned. early: what was read from it after the handshake. patience: for a side that
    /// takes nothing of what is left at the end.
    WebSocketPump(int client, std::string early, UniqueFd stream, std::chrono::milliseconds patience);

    /// Moves what can be moved without waiting, in fair portions.
    void turn(Clock::time_point now);
    /// The client's socket is shut in both directions, or broken; what it sent before is still carried.
    void client_hung_up();
    /// The other end of the stream is closed; what was written to it before is still carried.
    void stream_hung_up() { m_stream_hung_up = true; }
    /// The server stops: says so to the client and waits for no one.
    void stop();

    bool is_over() const { return m_client_over && !m_stream; }
    /// The connection ends if it is still here then.
    Clock::time_point deadline() const { return m_deadline; }
    int stream() const { return m_stream.get(); }
    /// What epoll shall wait for besides hang-ups.
    uint32_t client_events() const;
    uint32_t stream_events() const;
    /// A hang-up that is known would be reported for ever: then a side that nothing is wanted of must not be watched.
    bool watches_client() const { return client_events() || !(m_hung_up || m_client_over); }
    bool watches_stream() const { return stream_events() || (m_stream && !m_stream_hung_up); }

private:
    bool has_room() const;
    bool reads_client() const;
    void read_client();
    size_t take_frames(std::string_view bytes);
    void take_event(FrameReader::Event);
    void write_stream();
    void read_stream();
    void stream_ended();
    void write_client();
    void queue_close(CloseCode);
    void close_stream();
    void settle(Clock::time_point now);
    void settle_client();
    void set_deadline(Clock::time_point now);

    int const m_client;
    UniqueFd m_stream;
    std::chrono::milliseconds const m_patience;
    std::string m_input; // from the client, not yet decoded
    FrameReader m_frames;
    Utf8Repair m_repair;
    Outgoing m_to_stream, m_to_client;

    bool m_takes_frames = true; // until a Close, a failure or the end
    bool m_close_queued = false; // nothing goes to the client after it
    bool m_awaits_close = false; // ours was the first
    bool m_lingering = false; // our side of the client's socket is shut
    bool m_client_ended = false, m_client_over = false, m_hung_up = false;
    bool m_stream_deaf = false; // it takes nothing any more
    bool m_stream_hung_up = false;
    bool m_stopping = false, m_progress = false, m_counts_down = false;
    Clock::time_point m_deadline = Clock::time_point::max();
};

} // namespace staithe::http
