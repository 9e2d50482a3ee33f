// Variables in the values of instructions. Results longer than the limit are RANGE, so that no short Dockerfile grows
// without end.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "daemon/build/limits.hpp"
#include "daemon/build/scope.hpp"

namespace staithe::build {

enum class Quotes {
    Remove, ///< as in a word of a shell: '…' and "…" quote, the escape quotes one character
    Keep, ///< as in a heredoc: quotes are characters; the escape quotes '$' and itself
};

/// Today's rules: $NAME, ${NAME}, and ${NAME:-x}, ${NAME:+x}, ${NAME:?x} with or without the colon; an unknown name is
/// empty. INVALID: a quote or brace that is never closed, another modifier, ${NAME:?x} without NAME.
Result<std::string> substitute(
    std::string_view, Scope const&, Quotes = Quotes::Remove, size_t limit = limits::text_bytes);

/// The rules of 2013: $NAME and ${NAME}; an unknown name stays as it is, and so do quotes and "\$NAME".
Result<std::string> substitute_as_2013(std::string_view, Scope const&);

/// What is written in a form of 2013: by the rules of then, unless it has what only those of today give a meaning to
/// (closed quotes, ${NAME:-x}).
Result<std::string> substitute_either(std::string_view, Scope const&);

} // namespace staithe::build
