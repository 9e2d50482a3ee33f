// What the keeper makes of its own process before it loads a driver.
#pragma once

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::keeper {

/// Name, session, subreaper, no core or trace by others, heap settings, signals. The descriptor becomes readable when a
/// child has ended. Signals get handlers instead of being ignored: what is ignored stays so in the container's program.
Result<UniqueFd> prepare_process();

/// Closes everything from `first` on.
void close_descriptors_from(int first);

/// A mount namespace of our own that only receives from the host's.
Result<void> enter_private_mounts();

/// The container must not inherit the protection that we give ourselves after its start.
void set_oom_score(int score);

} // namespace staithe::keeper
