// A look at a driver's file before anything of it is mapped: is it a shared object for this machine, whole, and does it
// leave the choice of its libraries to the system?
#pragma once

#include <staithe/cpp/result.hpp>

namespace staithe::drivers {

/// STAITHE_INVALID with the cause; STAITHE_DENIED for DT_RPATH and DT_RUNPATH, by which an image names directories of
/// its own to load libraries from.
Result<void> check_image(int fd);

} // namespace staithe::drivers
