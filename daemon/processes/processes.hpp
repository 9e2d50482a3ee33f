// What ps prints, read from /proc: the processes of one container, in the columns that ps_args ask for.
#pragma once

#include <string_view>

#include <sys/types.h>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"

namespace staithe::processes {

/// The processes in the pid namespace of `init` and in those below it, by pid; where `init` shares our own namespace,
/// it and its descendants. Pids and names of users are the host's. Cells are what ps prints, but never cut to a
/// column's width; control characters and what is not UTF-8 become "?". Understands the usual argument sets ("", "aux",
/// "-ef",
/// "-o LIST", "-eo LIST" …; see arguments.hpp); INVALID names the argument that is not understood. NOT_FOUND: init has
/// ended.
Result<api::ProcessTable> list(pid_t init, std::string_view ps_args);

} // namespace staithe::processes
