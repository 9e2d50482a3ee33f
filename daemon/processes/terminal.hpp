// The names of terminals.
#pragma once

#include <string>

namespace staithe::processes {

/// "pts/3" for a device number as /proc shows it; "?" for none. A container's terminals have the numbers of its own
/// /dev/pts.
std::string terminal_name(unsigned device);

} // namespace staithe::processes
