// From the text of a Dockerfile to its statements: lines, comments, continuations, heredocs. What the statements mean
// is read later, one by one, as each step of a build is announced before its mistakes are.
#pragma once

#include <string_view>

#include "daemon/build/statement.hpp"

namespace staithe::build {

/// Total: every text is a Dockerfile or an error that names the line (INVALID; RANGE: limits.hpp). The rules, and where
/// those of 2013 and of today part, are in docs/dockerfile.md.
Result<Dockerfile> parse(std::string_view text);

/// The statement that an ONBUILD left behind, heredocs included.
Result<Statement> parse_trigger(std::string_view text);

} // namespace staithe::build
