// What Poco's parser lets pass in the text of a document and we do not.
#pragma once

#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::wire {

/// Invalid UTF-8, a byte order mark, \u escapes that are lone surrogates or NUL, integers beyond 64 bits:
/// STAITHE_INVALID.
Result<void> check_json_text(std::string_view);

} // namespace staithe::wire
