// SPDX-License-Identifier: Apache-2.0
//
// The last thing every execution driver does inside a container, so that all drivers end alike: session and terminal,
// descriptors, working directory, user, capabilities, seccomp, and the program.
#pragma once

#include <staithe/execution.h>

namespace staithe::final_step {

/// What a process about to become a container's must do first of all: it cannot be traced or read through /proc
/// (dumpable 0), dies with its keeper, and has the signal dispositions and mask of a fresh process.
/// The channel (channel.hpp) tells whether the keeper is still there. Ends the process if it is not.
void shield(int channel);

/// Never comes back. The process's root must be the container's already.
///
///  * A failure of ours is sent through the channel (fail(), channel.hpp), status 1.
///  * An unusable working directory: a message on the container's stderr, status 1.
///  * A program that is not found: a message there, status 127; that cannot be executed: status 126.
///
/// When the program runs it has descriptors 0–2 and no other, and the environment it was given and nothing else.
///
/// /proc/self/exe: until execve(2) this process still is its keeper's program file. Nobody may read that through /proc
/// (dumpable 0), but an image can make the kernel execute it (a program that is a link to /proc/self/exe) and then open
/// it for writing. A direct attempt is refused here; against interpreters ("#!/proc/self/exe") every driver relies on
/// the keeper's file being executed from a read-only mount that is not the host's own, as staithed does.
[[noreturn]] void run(staithe_process const&, staithe_confinement const&, int channel);

} // namespace staithe::final_step
