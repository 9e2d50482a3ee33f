// SPDX-License-Identifier: Apache-2.0
//
// The keeper's side of making processes: clone, move into cgroups, let go, hear how it went.
#pragma once

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/execution.h>

#include "plugins/execution/namespaces/cgroup.hpp"

namespace staithe::namespaces {

struct Launched {
    pid_t pid = -1;
    UniqueFd pidfd;
};

/// Makes the groups and the first process of a container, and returns when its program runs or has failed to. On error
/// the process is gone, the groups are the caller's to remove.
Result<Launched> launch_first(staithe_call const&, staithe_container const&, Cgroup const&);

/// Makes a process inside the container whose process 1 is behind pidfd; a child of the caller.
Result<pid_t> launch_entering(
    staithe_call const&, int pidfd, staithe_process const&, staithe_confinement const&, Cgroup const&);

} // namespace staithe::namespaces
