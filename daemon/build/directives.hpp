// "# escape=`" and its like, which are only what they are before everything else in the file.
#pragma once

#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::build {

struct Directives {
    char escape = '\\';
    size_t lines = 0; ///< how many lines of the file they take
};

/// "syntax" and "check" are known and change nothing: no other parser is ever fetched. INVALID: one twice, an escape
/// that is neither '\' nor '`'.
Result<Directives> read_directives(std::vector<std::string_view> const& lines);

} // namespace staithe::build
