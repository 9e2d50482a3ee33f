// A bounded pipe inside the process: one thread writes (a download), another reads (a driver's apply).
#pragma once

#include <optional>
#include <string>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/stream.hpp>

namespace staithe::images {

class Pipe final : public Source, public Sink {
public:
    /// Blocks until there is something; 0 after close({}), the error after close(error).
    Result<size_t> read(void* into, size_t capacity) override EXCLUDES(m_mutex);
    /// Blocks while 256 KiB wait. STAITHE_UNAVAILABLE: the reader has gone.
    Result<void> write(void const* from, size_t size) override EXCLUDES(m_mutex);

    /// The writer has ended, well or with an error.
    void close(Result<void>) EXCLUDES(m_mutex);
    /// The reader wants no more.
    void abandon() EXCLUDES(m_mutex);

private:
    static constexpr size_t capacity = 256u << 10;
    Mutex m_mutex;
    CondVar m_changed;
    std::string m_bytes GUARDED_BY(m_mutex);
    size_t m_taken GUARDED_BY(m_mutex) = 0; ///< of m_bytes
    bool m_closed GUARDED_BY(m_mutex) = false, m_abandoned GUARDED_BY(m_mutex) = false;
    std::optional<Error> m_error GUARDED_BY(m_mutex);
};

} // namespace staithe::images
