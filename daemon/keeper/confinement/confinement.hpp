// SPDX-License-Identifier: Apache-2.0
//
// How containers are confined: the same for every execution driver. The profiles are the ones users know from dockerd;
// docs/containers.md names the differences.
#pragma once

#include <staithe/execution.h>

namespace staithe::keeper {

/// 14 capabilities, the default seccomp profile, 12 masked paths (and each CPU's thermal files), 5 read-only ones. What
/// it points to is static. Not thread-safe on its first call.
staithe_confinement default_confinement(bool no_new_privileges);

/// Everything allowed: all capabilities, no filter, nothing masked.
staithe_confinement privileged_confinement();

} // namespace staithe::keeper
