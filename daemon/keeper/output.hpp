// One of the container's output streams; the descriptor belongs to Stdio.
#pragma once

#include "daemon/keeper/poller.hpp"
#include "daemon/log/record.hpp"

namespace staithe::keeper {

class Output final : public Watched {
public:
    Output(int fd, log::Stream stream)
        : m_fd(fd)
        , m_stream(stream)
        , m_readable(true)
    {
    }

    void ready(uint32_t) override { m_readable = true; }

    int fd() const { return m_fd; }
    log::Stream stream() const { return m_stream; }
    bool is_readable() const { return m_readable && !m_ended; }

    /// What is there, in s_block; empty: nothing now, or the stream has ended.
    std::string_view read();
    /// Waits a little for more or for the end, after the container's processes have been killed; false: neither came.
    bool wait();

    bool has_ended() const { return m_ended; }

private:
    int m_fd = -1; // borrowed
    log::Stream m_stream = log::Stream::Out;
    bool m_readable = false;
    bool m_ended = false;
};

} // namespace staithe::keeper
