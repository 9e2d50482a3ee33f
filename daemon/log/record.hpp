// One record of a container's log: what a single read of one of its streams gave. docs/logs.md describes the form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace staithe::log {

enum class Stream : uint8_t { Out = 1, Err = 2 };

inline constexpr size_t header_bytes = 16;
inline constexpr size_t max_record_bytes = 64u << 10; ///< of content

struct Header {
    Stream stream = Stream::Out;
    uint32_t length = 0; ///< bytes of content that follow
    int64_t time_ns = 0; ///< real time of the read
};

/// A record in somebody's buffer; valid as long as that is.
struct Record {
    Header header;
    std::string_view bytes;
};

/// Writes header_bytes.
void put(char* into, Header const&);

/// Reads header_bytes; nothing if this cannot be the beginning of a record.
std::optional<Header> parse(char const* from);

} // namespace staithe::log
