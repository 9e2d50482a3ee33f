// SPDX-License-Identifier: Apache-2.0
//
// What the two kinds of children do between clone3(2) and the final step: a container's first process, and one that
// enters a running container. Both functions run in the child and never come back.
#pragma once

#include <vector>

#include <staithe/execution.h>

#include "plugins/execution/namespaces/hierarchies.hpp"
#include "plugins/execution/namespaces/root.hpp"

namespace staithe::namespaces {

/// Builds the container round itself. Waits for the keeper's go, which says that the cgroups are in place, as late as
/// it can, so that both sides' work overlaps.
[[noreturn]] void run_first_process(
    staithe_container const&, Hierarchies const&, std::vector<HostDevice> const&, int channel);

/// Joins the namespaces of the process behind pidfd, makes the process proper (a child of the caller's parent), reports
/// its pid through `pid_channel`, and ends. Waits for go before, which says that it is in the cgroups.
[[noreturn]] void run_entering_process(
    int pidfd, staithe_process const&, staithe_confinement const&, int channel, int pid_channel);

} // namespace staithe::namespaces
