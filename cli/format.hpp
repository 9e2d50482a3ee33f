// Sizes, ages and strange bytes, between people and programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

/// "64m", "1g", "512k", "524288", "64MB": bytes, in steps of 1024.
Result<int64_t> parse_size(std::string_view);
/// "1.049 MB": steps of 1000 and four digits, as Docker prints.
std::string human_size(int64_t bytes);
/// "2 minutes", "About an hour", "3 weeks".
std::string human_duration(int64_t seconds);
/// "2 minutes ago".
std::string human_age(int64_t then, int64_t now);
/// A whole number that is not negative.
Result<int64_t> parse_count(std::string_view);
/// A whole number of seconds that is not negative.
Result<int> parse_seconds(std::string_view);

/// What comes from a container must not command the terminal: control characters become '?'.
std::string printable(std::string_view);
/// At most `limit` characters, the last of them '…' when something was left out. UTF-8 sequences stay whole.
std::string shortened(std::string_view, size_t limit);
/// "a, b, c".
std::string comma_list(std::vector<std::string> const&);
/// How many columns a UTF-8 text takes, one per character.
size_t columns(std::string_view);

} // namespace staithe::cli
