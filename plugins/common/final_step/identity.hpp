// SPDX-License-Identifier: Apache-2.0
//
// Who a container's program is and what it may do: limits, groups, user, capabilities, seccomp.
#pragma once

#include <staithe/cpp/result.hpp>
#include <staithe/execution.h>

namespace staithe::final_step {

/// RLIMIT_CORE 0 and RLIMIT_NOFILE as asked; what may not be raised is lowered quietly.
Result<void> limit_resources(staithe_confinement const&);

/// The calling process becomes uid, gid and groups with exactly the confinement's capabilities (those that the caller
/// has at most; none effective for a uid other than 0), no inheritable and ambient ones, and then its seccomp filter.
/// Afterwards it can only execute the program. Needs CAP_SETUID, SETGID, SETPCAP, SYS_ADMIN.
Result<void> become(staithe_process const&, staithe_confinement const&);

} // namespace staithe::final_step
