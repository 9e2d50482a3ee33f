#include "streams.hpp"

#include <unistd.h>

namespace staithe::driver_host {

namespace {

    Error cancelled()
    {
        return { STAITHE_CANCELLED, 0, "the call was cancelled" };
    }

} // namespace

Result<size_t> PipeSource::read(void* into, size_t capacity)
{
    if (capacity == 0)
        return Error { STAITHE_INVALID, 0, "cannot read into nothing" };
    for (;;) {
        ssize_t const n = ::read(m_call.stream().get(), into, capacity);
        if (n > 0)
            return static_cast<size_t>(n);
        if (n == 0)
            break;
        if (errno != EINTR)
            return errno_error("cannot read stream");
    }
    auto end = m_call.stream_end();
    if (!end)
        return cancelled();
    if (!end->complete)
        return std::move(end->error);
    return size_t { 0 };
}

Error PipeSink::why(int error_number)
{
    m_failed = true;
    if (error_number != EPIPE)
        return errno_error("cannot write stream", error_number);
    auto end = m_call.stream_end();
    if (!end)
        return cancelled();
    if (!end->complete)
        return std::move(end->error);
    return { STAITHE_UNAVAILABLE, EPIPE, "the reader of the stream has gone" };
}

Result<void> PipeSink::write(void const* from, size_t size)
{
    char const* at = static_cast<char const*>(from);
    while (size > 0) {
        ssize_t const n = ::write(m_call.stream().get(), at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return why(errno);
        at += n;
        size -= static_cast<size_t>(n);
    }
    return {};
}

} // namespace staithe::driver_host
