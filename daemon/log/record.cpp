#include "daemon/log/record.hpp"

#include <endian.h>

#include <cstring>

namespace staithe::log {

namespace {

    // The bytes of a header, little-endian. The mark tells a record from whatever a power cut left.
    struct Wire {
        uint16_t mark;
        uint8_t stream;
        uint8_t flags;
        uint32_t length;
        int64_t time_ns;
    };
    static_assert(sizeof(Wire) == header_bytes);
    constexpr uint16_t mark = 0x4C53; // "SL"

} // namespace

void put(char* into, Header const& header)
{
    Wire const wire { htole16(mark), static_cast<uint8_t>(header.stream), 0, htole32(header.length),
        static_cast<int64_t>(htole64(static_cast<uint64_t>(header.time_ns))) };
    std::memcpy(into, &wire, sizeof wire);
}

std::optional<Header> parse(char const* from)
{
    Wire wire;
    std::memcpy(&wire, from, sizeof wire);
    uint32_t const length = le32toh(wire.length);
    if (le16toh(wire.mark) != mark || (wire.stream != 1 && wire.stream != 2) || length > max_record_bytes)
        return {};
    return Header { static_cast<Stream>(wire.stream), length,
        static_cast<int64_t>(le64toh(static_cast<uint64_t>(wire.time_ns))) };
}

} // namespace staithe::log
