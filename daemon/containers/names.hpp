// Names of containers: made up, and checked.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::containers {

/// "/COLOR_ANIMAL"; on a clash with a digit at the end, and after five of those the first 12 digits of the id.
std::string generate_name(std::string const& id, std::function<bool(std::string const&)> const& taken);

/// The name as it is stored: with a '/' in front. Refused: empty parts, control characters, more than 255 bytes.
Result<std::string> normalize_name(std::string_view name);

} // namespace staithe::containers
