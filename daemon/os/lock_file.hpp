// A lock that says "this directory is in use by a daemon"; it ends with the process that holds it.
#pragma once

#include <string>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::os {

/// The lock is held as long as the descriptor is open. STAITHE_BUSY: somebody else still holds it after two
/// seconds; the message names the process if the file tells it.
Result<UniqueFd> lock_file(std::string const& path);

} // namespace staithe::os
