// Locks that end with the process that holds them are asked for more than once: see below.
#pragma once

#include <cerrno>
#include <chrono>
#include <thread>

#include "daemon/os/clock.hpp"

namespace staithe::os {

/// Calls `attempt`, which returns 0 or sets errno, until it fails otherwise than with `busy`, for two seconds at most:
/// a child that a killed daemon had just forked holds its locks until it executes its program. False with errno.
template <typename Attempt> bool retry_lock(int busy, Attempt const& attempt)
{
    auto const deadline = Deadline::after(std::chrono::seconds(2));
    while (attempt() != 0) {
        if (errno != busy || deadline.passed())
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

} // namespace staithe::os
