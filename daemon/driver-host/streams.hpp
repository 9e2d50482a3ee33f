// The two ends of a call's pipe as the driver sees them. A pipe that just ends, because the daemon or its client went
// away, is never mistaken for a complete stream: only the daemon's StreamEnd says that.
#pragma once

#include <staithe/cpp/stream.hpp>

#include "daemon/driver-host/active_call.hpp"

namespace staithe::driver_host {

/// What the driver reads. Blocks while the daemon has nothing to send; the daemon closes its end on cancel and
/// deadline.
class PipeSource final : public Source {
public:
    explicit PipeSource(ActiveCall& call)
        : m_call(call)
    {
    }
    Result<size_t> read(void* into, size_t capacity) override;
    uint64_t size() const override { return m_call.request().stream_size; }

private:
    ActiveCall& m_call;
};

/// What the driver writes. A failure stays: a driver that overlooks it still does not succeed.
class PipeSink final : public Sink {
public:
    explicit PipeSink(ActiveCall& call)
        : m_call(call)
    {
    }
    Result<void> write(void const* from, size_t size) override;
    bool failed() const { return m_failed; }

private:
    Error why(int error_number);

    ActiveCall& m_call;
    bool m_failed = false;
};

} // namespace staithe::driver_host
