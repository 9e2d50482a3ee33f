// SPDX-License-Identifier: Apache-2.0
//
// Session, terminal and descriptors of a container's program.
#pragma once

#include <staithe/cpp/result.hpp>
#include <staithe/execution.h>

namespace staithe::final_step {

/// The descriptor at which the channel is kept from take_stdio() on.
inline constexpr int channel_fd = 3;

/// Makes a session, puts process.stdio at 0–2 and the channel at channel_fd, closes everything else, and with a tty
/// makes it the controlling one. Pipes and the terminal then belong to process.uid, so that it may reopen /dev/stdout.
Result<void> take_stdio(staithe_process const& process, int channel);

} // namespace staithe::final_step
