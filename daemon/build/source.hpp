// A file's bytes as lines, or the reason why they are no text.
#pragma once

#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::build {

/// The lines with their ends; a byte order mark is skipped. The views live as long as the text. INVALID, naming the
/// line: NUL, not UTF-8; RANGE: longer than limits.hpp says.
Result<std::vector<std::string_view>> source_lines(std::string_view text);

/// A line without its end: "\n", "\r\n".
std::string_view without_end(std::string_view line);

} // namespace staithe::build
