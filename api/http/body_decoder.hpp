// From a body's bytes on the wire to its content: counts Content-Length, takes chunked framing apart (RFC 9112 §6, §7)
// and knows exactly where the message ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "api/http/head.hpp"

namespace staithe::http {

/// Not thread-safe. After an Error it must not be used again.
class BodyDecoder {
public:
    BodyDecoder() = default;
    explicit BodyDecoder(Head const&);

    /// Appends content to `out` until it has taken `capacity` bytes of content, the body ends or `input` does; gives
    /// how many bytes of input were used. STAITHE_INVALID: the framing is wrong.
    Result<size_t> decode(std::string_view input, std::string& out, size_t capacity);
    bool done() const { return m_state == State::Done; }
    /// Content that is still to come when that is known (Content-Length), else Source::unknown_size.
    uint64_t remaining() const;

private:
    enum class State { Data, Size, DataEnd, Trailer, Done };

    size_t take_data(std::string_view input, std::string& out, size_t capacity);
    /// Collects up to CRLF into m_line; true once the line is complete (without its CRLF).
    Result<bool> take_line(std::string_view input, size_t& used, size_t limit);
    Result<void> take_size();
    Result<void> take_trailer();

    State m_state = State::Done;
    bool m_chunked = false;
    uint64_t m_left = 0; // of the body, or of the chunk
    std::string m_line;
    size_t m_trailer_bytes = 0;
};

/// "1a; name=value" → 26; nothing when RFC 9112 §7.1 forbids it.
std::optional<uint64_t> parse_chunk_line(std::string_view line);

} // namespace staithe::http
