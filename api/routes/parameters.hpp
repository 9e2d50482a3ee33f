// Query parameters, read as the daemons of 2013 read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "api/http/request.hpp"

namespace staithe::routes {

/// "1 t T true" in any case is true, "0 f F false" in any case and an empty or absent value are false; the rest is
/// "Bad parameter".
Result<bool> boolean(http::Request const&, std::string_view key);

/// A name for something new. Names go into replies, logs and environment variables: "Bad parameter" where one holds
/// control characters. Empty where it is absent.
Result<std::string> new_name(http::Request const&, std::string_view key);

/// Nothing where the value is absent, is no whole number or does not fit: such values mean the default.
std::optional<int64_t> lenient_integer(http::Request const&, std::string_view key);

/// A value that must be there and be a number in [0, limit]; else the text of the decoder of the time.
Result<uint32_t> strict_integer(http::Request const&, std::string_view key, uint32_t limit);

/// A signal as a number, or as the bare name that today's clients send ("TERM"); 0 where the value is absent or empty.
/// "SIGTERM" is no number, as it never was.
Result<int> signal_number(http::Request const&, std::string_view key);

} // namespace staithe::routes
