#include "daemon/images/pipe.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include <staithe/cpp/undo.hpp>

namespace staithe::images {

Result<size_t> Pipe::read(void* into, size_t wanted)
{
    MutexLock lock(m_mutex);
    STAITHE_TRY(await_bytes());
    if (m_taken == m_bytes.size()) {
        if (m_error)
            return *m_error;
        return size_t { 0 };
    }
    size_t const n = std::min(wanted, m_bytes.size() - m_taken);
    std::copy_n(m_bytes.data() + m_taken, n, static_cast<char*>(into));
    m_taken += n;
    if (m_taken == m_bytes.size()) {
        m_bytes.clear();
        m_taken = 0;
        m_changed.notify_all();
    }
    return n;
}

Result<void> Pipe::await_bytes()
{
    constexpr std::chrono::milliseconds between_questions { 200 };
    while (m_taken == m_bytes.size() && !m_closed) {
        if (!m_cancelled)
            m_changed.wait(m_mutex);
        else if (!m_changed.wait_for(m_mutex, between_questions) && m_cancelled())
            return Error { STAITHE_CANCELLED, 0, "the client has gone" };
    }
    return {};
}

Result<void> Pipe::write(void const* from, size_t size)
{
    auto const* at = static_cast<char const*>(from);
    MutexLock lock(m_mutex);
    while (size > 0) {
        while (m_bytes.size() >= capacity && !m_abandoned)
            m_changed.wait(m_mutex);
        if (m_abandoned)
            return Error { STAITHE_UNAVAILABLE, 0, "the reader has gone" };
        size_t const n = std::min(size, capacity - m_bytes.size());
        m_bytes.append(at, n);
        at += n;
        size -= n;
        m_changed.notify_all();
    }
    return {};
}

void Pipe::close(Result<void> ended)
{
    MutexLock lock(m_mutex);
    m_closed = true;
    if (!ended)
        m_error = std::move(ended.error());
    m_changed.notify_all();
}

void Pipe::abandon()
{
    MutexLock lock(m_mutex);
    m_abandoned = true;
    m_changed.notify_all();
}

Result<uint64_t> piped(std::function<Result<void>(drivers::CancelFlag const&, Sink&)> const& write,
    std::function<Result<uint64_t>(Source&)> const& read, std::function<bool()> cancelled)
{
    Pipe pipe(std::move(cancelled));
    auto const cancel = std::make_shared<std::atomic<bool>>(false);
    std::thread writer;
    try {
        writer = std::thread([&] { pipe.close(write(cancel, pipe)); });
    } catch (std::system_error const& e) {
        return Error { STAITHE_UNAVAILABLE, e.code().value(), std::string("cannot start a thread: ") + e.what() };
    }
    Undo end; // whatever read() throws
    end.push([&] {
        *cancel = true;
        pipe.abandon();
        writer.join();
    });
    return read(pipe);
}

} // namespace staithe::images
