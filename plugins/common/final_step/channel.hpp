// SPDX-License-Identifier: Apache-2.0
//
// How a container's first process tells its keeper what went wrong before the program was executed. The channel is a
// socket that execve(2) closes: its end after ready() means that the program runs, or has ended with a message on its
// own stderr.
#pragma once

#include <utility>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::final_step {

/// Two ends of a new channel, close-on-exec: the keeper's, the child's.
Result<std::pair<UniqueFd, UniqueFd>> make_channel();

/// Sends the error and ends the process. [child]
[[noreturn]] void fail(int channel, Error const& error);

/// Says that only the program itself is left to be executed. [child]
void ready(int channel);

/// Reads one message; call it when the channel is readable. True: the program runs or has ended. False: there is more
/// to come. An Error: what fail() sent, or that the process died without a word. `is_ready` is the caller's memory
/// between calls, false at first. [keeper]
Result<bool> hear(int channel, bool& is_ready);

/// A byte that lets the other side go on; false if there is no other side any more.
bool send_go(int channel);
bool wait_for_go(int channel);

/// Whether the other side still exists. What PR_SET_PDEATHSIG cannot tell: a death before it was set. [child]
bool has_peer(int channel);

} // namespace staithe::final_step
