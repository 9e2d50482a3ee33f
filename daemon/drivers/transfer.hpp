// The bytes of a call: from the engine's Source into the driver's pipe, or from the driver's pipe into the engine's
// Sink.
#pragma once

#include <memory>
#include <optional>

#include <staithe/cpp/stream.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "daemon/os/clock.hpp"

namespace staithe::drivers {

/// Belongs to the thread that makes the call.
class Transfer {
public:
    virtual ~Transfer() = default;

    /// The driver's end of the pipe, once; empty where there is no stream.
    virtual Result<UniqueFd> driver_end() = 0;
    /// Our end, to be polled for events(); -1: nothing more to move.
    virtual int fd() const = 0;
    virtual short events() const = 0;
    /// Moves what can be moved now. Says once how the stream ended: nothing yet, complete, or an Error.
    virtual std::optional<Result<void>> move() = 0;
    /// Closes our end; the driver sees the end of the pipe.
    virtual void close() = 0;
    /// After the driver has answered with success: what is left of the stream, and whether all of it went well.
    virtual Result<void> finish() = 0;
    /// Our side failed: this, not what the driver made of it, is the cause.
    virtual std::optional<Error> failure() const = 0;
};

std::unique_ptr<Transfer> no_transfer();
std::unique_ptr<Transfer> transfer_from(Source&);
std::unique_ptr<Transfer> transfer_into(Sink&);

} // namespace staithe::drivers
