// What the engine says with every driver call: who asks, until when, and how to stop it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/os/clock.hpp"

namespace staithe::drivers {

/// Set from any thread to stop the calls that carry it (the client went away, the daemon ends). shared: the canceller
/// and the call live in different threads, and either may end first.
using CancelFlag = std::shared_ptr<std::atomic<bool>>;

/// The time that a driver has for one call where the caller says nothing else. The daemon's configuration sets it
/// before there is a second thread.
inline std::chrono::seconds driver_deadline { 30 };

struct Call {
    std::string request_id;
    os::Deadline deadline = os::Deadline::after(driver_deadline);
    CancelFlag cancel {}; ///< may be empty
    /// With a stream: how long nothing may move while the driver is waited for; zero: as long as the deadline.
    std::chrono::nanoseconds stall {};
};

/// For a stream: it may take as long as the client's disk or network does, but the driver may not stand still.
inline Call stream_call(std::string_view request_id, CancelFlag cancel = {})
{
    constexpr std::chrono::hours patience { 6 };
    constexpr int calls = 10; // a driver may have much to write back after the last byte
    return { std::string(request_id), os::Deadline::after(patience), std::move(cancel), calls * driver_deadline };
}

} // namespace staithe::drivers
