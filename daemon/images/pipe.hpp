// A bounded pipe inside the process: one thread writes (a download, a driver's diff), another reads (a driver's apply).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/stream.hpp>

#include "daemon/drivers/call.hpp"

namespace staithe::images {

class Pipe final : public Source, public Sink {
public:
    /// cancelled: asked by the reading thread while it waits; true ends the reading. May be empty.
    explicit Pipe(std::function<bool()> cancelled = {})
        : m_cancelled(std::move(cancelled))
    {
    }
    /// Blocks until there is something; 0 after close({}), the error after close(error). STAITHE_CANCELLED.
    Result<size_t> read(void* into, size_t capacity) override EXCLUDES(m_mutex);
    /// Blocks while 256 KiB wait. STAITHE_UNAVAILABLE: the reader has gone.
    Result<void> write(void const* from, size_t size) override EXCLUDES(m_mutex);

    /// The writer has ended, well or with an error.
    void close(Result<void>) EXCLUDES(m_mutex);
    /// The reader wants no more.
    void abandon() EXCLUDES(m_mutex);

private:
    Result<void> await_bytes() REQUIRES(m_mutex);

    static constexpr size_t capacity = 256u << 10;
    std::function<bool()> const m_cancelled;
    Mutex m_mutex;
    CondVar m_changed;
    std::string m_bytes GUARDED_BY(m_mutex);
    size_t m_taken GUARDED_BY(m_mutex) = 0; ///< of m_bytes
    bool m_closed GUARDED_BY(m_mutex) = false, m_abandoned GUARDED_BY(m_mutex) = false;
    std::optional<Error> m_error GUARDED_BY(m_mutex);
};

/// Writes on a thread of its own what read() takes from the pipe, and gives what read() gives. What write() fails with,
/// the reader meets at the end of the bytes; once the reader has ended, the flag stops a writer that goes on.
/// cancelled: see Pipe.
Result<uint64_t> piped(std::function<Result<void>(drivers::CancelFlag const&, Sink&)> const& write,
    std::function<Result<uint64_t>(Source&)> const& read, std::function<bool()> cancelled = {});

} // namespace staithe::images
