// Ending a keeper that exists and does not answer, before its container is declared lost: when it woke up it would
// spoil the next run's record and socket.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>

namespace staithe::drivers {

/// Kills every keeper that was made for the control socket and waits until it is gone. UNAVAILABLE: it does not die
/// within ten seconds, as one that the kernel holds.
Result<void> end_silent_keeper(std::string const& socket_path);

} // namespace staithe::drivers
