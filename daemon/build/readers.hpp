// Inside of interpret(): one function per kind of instruction.
#pragma once

#include "daemon/build/interpret.hpp"

namespace staithe::build {

/// ADD, COPY.
Result<Instruction> read_copy(Statement const&, char escape);
/// HEALTHCHECK.
Result<Instruction> read_health_check(Statement const&, char escape);
/// ENV, LABEL, ARG.
Result<Instruction> read_env(Statement const&, char escape);
Result<Instruction> read_label(Statement const&, char escape);
Result<Instruction> read_arg(Statement const&, char escape);

/// JSON or a text for the shell. INVALID: a NUL.
Result<CommandLine> command_line(Statement const&, std::string_view arguments);

/// A message that clients know since 2013.
inline Error known(std::string message)
{
    return { STAITHE_INVALID, 0, std::move(message) };
}

} // namespace staithe::build
