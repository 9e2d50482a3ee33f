// The way to the container's stdin, shared by all clients.
#pragma once

#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/keeper/poller.hpp"

namespace staithe::keeper {

enum class Flow { Moved, SourceEmpty, SourceEnded, Full };

class Input final : public Watched {
public:
    Input() = default;
    Input(UniqueFd fd, bool tty, bool once)
        : m_fd(std::move(fd))
        , m_offered(static_cast<bool>(m_fd))
        , m_tty(tty)
        , m_once(once)
    {
    }

    void ready(uint32_t) override { m_full = false; }

    int fd() const { return m_fd.get(); }
    /// Was the container started with an open stdin?
    bool is_offered() const { return m_offered; }
    /// Can bytes still arrive? False after close(), and after the container closed its end: then bytes are dropped.
    bool is_open() const { return static_cast<bool>(m_fd); }
    bool is_full() const { return m_full; }
    bool tty() const { return m_tty; }
    /// Does the end of one client's input end the container's?
    bool ends_with_client() const { return m_once && !m_tty; }

    void close() { m_fd.reset(); }

    /// How many of the bytes went in; 0 when it is full.
    size_t write(std::string_view);

    /// Moves what a socket has, without copying it.
    Flow splice_from(int socket);

private:
    UniqueFd m_fd;
    bool m_offered = false, m_tty = false, m_once = false, m_full = false;
};

} // namespace staithe::keeper
