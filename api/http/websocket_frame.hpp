// WebSocket frames (RFC 6455 §5) as bytes: a client's taken apart and judged, ours put together. No socket, no clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/utf8.hpp"

namespace staithe::http {

enum class Opcode : uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// Why a connection ends (RFC 6455 §7.4.1).
enum class CloseCode : uint16_t {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    NoStatus = 1005, ///< the client gave none; never on the wire
    InvalidData = 1007,
    TooBig = 1009
};

/// Appends one whole frame as a server sends it: final, unmasked, its length in the shortest form.
void put_frame(std::string& out, Opcode, std::string_view payload);
/// NoStatus: a Close without a code.
void put_close(std::string& out, CloseCode);

/// Takes a client's frames apart. Payloads of text and binary messages are given out as they come, fragment by
/// fragment: for a byte stream the borders of messages mean nothing, and so no message is ever held in memory. Of a
/// message that turns out to be wrong, what came before the wrong byte has been given out.
///
/// Not thread-safe. After Close or Failed it must not be used again.
class FrameReader {
public:
    static constexpr uint64_t message_limit = 1u << 20; ///< of the payloads of one message, all fragments together
    static constexpr size_t control_limit = 125;

    enum class Event {
        None, ///< the input is used up, or the capacity
        Ping,
        Pong,
        Close, ///< close_code() is the client's
        Failed ///< close_code() says how the connection must be failed
    };
    struct Outcome {
        size_t used = 0; ///< bytes of the input
        Event event = Event::None;
    };
    /// Appends data to `out` until it has taken `capacity` (> 0) bytes, the input ends, or an event comes.
    Outcome read(std::string_view input, std::string& out, size_t capacity);
    /// The payload of the Ping or Pong, or the code and reason of the Close.
    std::string_view control() const { return m_control; }
    CloseCode close_code() const { return m_close_code; }

private:
    enum class State { Header, Payload };

    bool take_header(std::string_view& input);
    bool judge_header();
    size_t header_size() const;
    bool judge_first_byte(unsigned char);
    bool judge_length();
    void begin_payload();
    bool take_data(std::string_view& input, std::string& out, size_t capacity);
    bool take_control(std::string_view& input);
    Event end_frame();
    Event judge_close();
    bool fail(CloseCode);
    bool is_control() const { return (m_header[0] & 0x08) != 0; }

    State m_state = State::Header;
    std::array<unsigned char, 14> m_header {};
    size_t m_have = 0; // bytes of m_header
    uint64_t m_left = 0, m_message = 0; // payload to come of this frame; payloads of the message, this frame included
    std::array<unsigned char, 4> m_mask {};
    size_t m_masked = 0; // bytes of this payload that were unmasked
    bool m_in_message = false, m_is_text = false, m_failed = false;
    Utf8Scanner m_text;
    std::string m_control;
    CloseCode m_close_code = CloseCode::NoStatus;
};

/// May an endpoint put this code into a Close frame? (RFC 6455 §7.4)
bool is_sendable(uint16_t close_code);

} // namespace staithe::http
