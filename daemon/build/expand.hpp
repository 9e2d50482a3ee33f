// Variables, put into those instructions that take them: all but RUN, CMD, ENTRYPOINT, MAINTAINER, SHELL, HEALTHCHECK
// and the trigger of ONBUILD.
#pragma once

#include <staithe/cpp/result.hpp>

#include "daemon/build/instruction.hpp"
#include "daemon/build/scope.hpp"

namespace staithe::build {

/// INVALID: a bad substitution, or a value that became what the instruction cannot take (an empty user, a mode that is
/// not octal). RANGE: limits.hpp.
Result<Instruction> expand(Instruction, Scope const&);

} // namespace staithe::build
