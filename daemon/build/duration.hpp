// Durations as HEALTHCHECK has them: "30s", "1m30s", "1.5h".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace staithe::build {

/// In nanoseconds, by the rules of Go: numbers with ns, us, µs, ms, s, m or h behind each; "0" needs none. Nothing: it
/// is no duration, a negative one, or one that is too long.
std::optional<int64_t> parse_duration(std::string_view);

} // namespace staithe::build
