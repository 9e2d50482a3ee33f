// From a statement to the instruction it is.
#pragma once

#include "daemon/build/instruction.hpp"
#include "daemon/build/scope.hpp"
#include "daemon/build/statement.hpp"

namespace staithe::build {

/// What a statement says, variables not yet put in. INVALID: texts that clients know from 2013 ("Invalid Dockerfile
/// format", "Invalid ENV format", "Invalid ADD format", "INSERT has been deprecated. Please use ADD instead") are the
/// whole message; all others begin "Dockerfile line N: ". UNSUPPORTED: what Docker has and Staithe has not.
Result<Instruction> interpret(Statement const&, char escape);

/// The same with its variables put in, as it is carried out. Of all messages, what is said of interpret() holds.
Result<Instruction> prepare(Statement const&, Scope const&);

} // namespace staithe::build
