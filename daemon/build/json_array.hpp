// The JSON form of RUN, CMD, ENTRYPOINT, VOLUME, ADD …
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace staithe::build {

/// The strings of a JSON array (RFC 8259), which nothing but blanks surrounds. Nothing: it is something else, such as
/// an array of numbers, an unfinished one, or the shell's "[ -f x ]". A lone surrogate becomes U+FFFD.
std::optional<std::vector<std::string>> json_strings(std::string_view);

} // namespace staithe::build
