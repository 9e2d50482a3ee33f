// A lock that says "this network namespace is served by a daemon"; it ends with the process that holds it.
#pragma once

#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::os {

/// The lock is held as long as the descriptor is open. It is the name of an abstract Unix socket, of at most 100 bytes,
/// which every network namespace has once. STAITHE_BUSY: somebody else still holds it after two seconds.
Result<UniqueFd> lock_name(std::string_view name);

} // namespace staithe::os
