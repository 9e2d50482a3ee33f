// Whose processes these are.
#pragma once

#include <vector>

#include <sys/types.h>

#include <staithe/cpp/result.hpp>

namespace staithe::processes {

/// The processes that belong to a container, by pid; see list(). NOT_FOUND: init has ended.
Result<std::vector<pid_t>> members_of(pid_t init);

} // namespace staithe::processes
