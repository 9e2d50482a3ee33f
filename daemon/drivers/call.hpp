// What the engine says with every driver call: who asks, until when, and how to stop it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "daemon/os/clock.hpp"

namespace staithe::drivers {

/// Set from any thread to stop the calls that carry it (the client went away, the daemon ends). shared: the canceller
/// and the call live in different threads, and either may end first.
using CancelFlag = std::shared_ptr<std::atomic<bool>>;

struct Call {
    std::string request_id;
    os::Deadline deadline = os::Deadline::after(std::chrono::seconds(30));
    CancelFlag cancel {}; ///< may be empty
};

} // namespace staithe::drivers
