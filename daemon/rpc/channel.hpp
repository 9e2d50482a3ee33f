// A SOCK_SEQPACKET socket that carries whole messages with descriptors beside them, between the daemon and its helper
// processes. Both ends check every size; a peer that breaks the framing is an Error, never a crash.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/os/clock.hpp"
#include "daemon/rpc/codec.hpp"

namespace staithe::rpc {

/// What travels. type is the protocol's; call ties an answer to its question, 0 where there is none.
struct Message {
    uint16_t type = 0;
    uint64_t call = 0;
    std::string payload;
    std::vector<UniqueFd> fds;
};

/// As many as the kernel lets travel beside one message.
inline constexpr size_t max_fds = 253;

class Channel {
public:
    Channel() = default;
    explicit Channel(UniqueFd socket)
        : m_socket(std::move(socket))
    {
    }

    /// Two connected ends, close-on-exec.
    static Result<std::pair<Channel, Channel>> pair();

    /// Sends one message; not thread-safe against another send. STAITHE_CANCELLED past the deadline (after which the
    /// channel is of no more use), STAITHE_UNAVAILABLE when the peer is gone, STAITHE_RANGE when it is too large.
    Result<void> send(Message const&, os::Deadline);

    /// Receives one message; not thread-safe against another receive. STAITHE_UNAVAILABLE: the peer has closed.
    Result<Message> receive(os::Deadline);

    int fd() const { return m_socket.get(); }
    bool is_open() const { return static_cast<bool>(m_socket); }
    UniqueFd release() { return std::move(m_socket); }
    void close() { m_socket.reset(); }

private:
    UniqueFd m_socket;
};

} // namespace staithe::rpc
