// The few things that every part of the room does with text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace staithe::build {

/// What separates words within a line.
constexpr bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

std::string_view left_trimmed(std::string_view);
std::string_view right_trimmed(std::string_view);
std::string_view trimmed(std::string_view);

/// ASCII only, whatever the locale.
std::string upper(std::string_view);
std::string lower(std::string_view);

/// What stands between blanks; never empty words.
std::vector<std::string> fields(std::string_view);
std::string joined(std::vector<std::string> const&, std::string_view separator = " ");

/// Where the first byte is that belongs to no UTF-8 sequence (RFC 3629: no surrogates, nothing overlong); npos:
/// nowhere.
size_t find_invalid_utf8(std::string_view);

/// A code point as UTF-8 at the end of the text; U+FFFD for what is none.
void append_utf8(std::string&, char32_t);

} // namespace staithe::build
