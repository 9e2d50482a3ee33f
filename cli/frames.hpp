// The 8-byte frames of attach without a tty, taken apart: byte 0 says the stream, bytes 4–7 the length, big-endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

class FrameReader {
public:
    enum class Stream : uint8_t { In = 0, Out = 1, Err = 2 };
    using Receiver = std::function<Result<void>(Stream, std::string_view)>;

    explicit FrameReader(Receiver receiver)
        : m_receiver(std::move(receiver))
    {
    }
    /// Takes bytes as the socket gave them; payload goes on at once, in as many parts as it came. CORRUPT when a header
    /// is none.
    Result<void> feed(std::string_view);
    /// False between the first byte of a frame and its last: an end here is a cut.
    bool at_boundary() const { return m_header_size == 0 && m_left == 0; }

private:
    Result<void> begin_payload();

    Receiver m_receiver;
    std::array<unsigned char, 8> m_header {};
    size_t m_header_size = 0;
    uint32_t m_left = 0; // of the payload
    Stream m_stream = Stream::Out;
};

} // namespace staithe::cli
