// Randomness from the kernel.
#pragma once

#include <cstddef>
#include <string>

namespace staithe::os {

/// That many random bytes as lower-case hex digits; waits until the kernel has enough, at early boot.
std::string random_hex(size_t bytes);

/// Evenly distributed in [0, bound).
unsigned random_below(unsigned bound);

} // namespace staithe::os
