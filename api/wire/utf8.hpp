// One walk over UTF-8, shared by the reader (which refuses what is malformed) and the writer (which replaces it).
#pragma once

#include <cstddef>
#include <string_view>

namespace staithe::wire {

/// How many bytes the well-formed sequence at the front of s takes; 0 where there is none. Overlong forms, surrogates
/// and values beyond U+10FFFF are malformed. s is not empty.
size_t utf8_length(std::string_view s);

bool is_utf8(std::string_view);

} // namespace staithe::wire
