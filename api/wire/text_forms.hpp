// Times, spans and sizes as Docker's clients expect to read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace staithe::wire {

/// RFC 3339 in UTC with as many digits of the second as are needed: "2013-11-05T10:11:12.5Z". 0 is the zero time
/// "0001-01-01T00:00:00Z".
std::string time_text(int64_t ns);

/// "Less than a second", "About a minute", "3 hours" …
std::string span_text(int64_t ns);

/// Decimal units, four significant digits: "1.049 MB", "0 B".
std::string size_text(uint64_t bytes);

/// "  524 kB/1.049 MB (50%)", or "  524288/? (n/a)" when total is 0.
std::string progress_text(uint64_t current, uint64_t total);

/// The first 12 digits of an id.
std::string_view short_id(std::string_view id);

} // namespace staithe::wire
