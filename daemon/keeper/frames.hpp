// Output as an attached client wants it: raw, or each piece behind the API's 8-byte header.
#pragma once

#include <cstring>

#include <arpa/inet.h>

#include "daemon/log/record.hpp"

namespace staithe::keeper {

inline constexpr size_t frame_header_bytes = 8;

/// Stream, three zeros, length in network order.
inline void put_frame_header(char* into, log::Stream stream, size_t length)
{
    uint32_t const size = htonl(static_cast<uint32_t>(length));
    std::memset(into, 0, 4);
    into[0] = static_cast<char>(stream);
    std::memcpy(into + 4, &size, sizeof size);
}

} // namespace staithe::keeper
