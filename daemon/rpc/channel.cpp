#include "channel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace staithe::rpc {

namespace {

    // One packet of a message; a message longer than packet_bytes is sent as several.
    struct Header {
        uint32_t magic;
        uint16_t type;
        uint16_t fd_count; // in the first packet only
        uint64_t call;
        uint32_t total;
        uint32_t offset;
    };
    constexpr uint32_t magic = 0x31525453; // "STR1"
    constexpr size_t packet_bytes = 64u << 10;

    Result<void> wait_for(int fd, short events, os::Deadline deadline)
    {
        for (;;) {
            pollfd p { fd, events, 0 };
            int const n = ::poll(&p, 1, deadline.poll_timeout());
            if (n > 0)
                return {};
            if (n == 0 && deadline.passed())
                return Error { STAITHE_CANCELLED, ETIMEDOUT, "deadline passed" };
            if (n < 0 && errno != EINTR)
                return errno_error("cannot poll channel");
        }
    }

    void attach_fds(msghdr& m, char* control, std::vector<UniqueFd> const& fds)
    {
        m.msg_control = control;
        m.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
        cmsghdr* c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
        for (size_t i = 0; i < fds.size(); ++i) {
            int const fd = fds[i].get();
            std::memcpy(CMSG_DATA(c) + i * sizeof fd, &fd, sizeof fd);
        }
    }

    std::vector<UniqueFd> detach_fds(msghdr& m)
    {
        std::vector<UniqueFd> fds;
        for (cmsghdr* c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
            if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
                continue;
            size_t const n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (size_t i = 0; i < n; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
                fds.emplace_back(fd);
            }
        }
        return fds;
    }

    Error peer_gone()
    {
        return { STAITHE_UNAVAILABLE, 0, "peer has closed the channel" };
    }
    Error bad_framing()
    {
        return { STAITHE_CORRUPT, 0, "peer broke the framing of the channel" };
    }

    Result<void> send_packet(
        int fd, Header const& header, std::string_view part, std::vector<UniqueFd> const& fds, os::Deadline deadline)
    {
        iovec parts[2] = { { const_cast<Header*>(&header), sizeof header },
            { const_cast<char*>(part.data()), part.size() } };
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_fds)] = {};
        msghdr m {};
        m.msg_iov = parts;
        m.msg_iovlen = 2;
        if (!fds.empty())
            attach_fds(m, control, fds);
        for (;;) {
            if (::sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
                return {};
            if (errno == EPIPE || errno == ECONNRESET)
                return peer_gone();
            if (errno == EAGAIN)
                STAITHE_TRY(wait_for(fd, POLLOUT, deadline));
            else if (errno != EINTR)
                return errno_error("cannot send on channel");
        }
    }

    struct Packet {
        Header header {};
        std::string part;
        std::vector<UniqueFd> fds;
    };

    Result<Packet> receive_packet(int fd, os::Deadline deadline)
    {
        Packet packet;
        packet.part.resize(packet_bytes);
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_fds)];
        for (;;) {
            iovec parts[2] = { { &packet.header, sizeof packet.header }, { packet.part.data(), packet.part.size() } };
            msghdr m {};
            m.msg_iov = parts;
            m.msg_iovlen = 2;
            m.msg_control = control;
            m.msg_controllen = sizeof control;
            ssize_t const n = ::recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
            if (n < 0 && errno == EAGAIN) {
                STAITHE_TRY(wait_for(fd, POLLIN, deadline));
                continue;
            }
            if (n < 0 && errno == EINTR)
                continue;
            if (n == 0 || (n < 0 && errno == ECONNRESET))
                return peer_gone();
            if (n < 0)
                return errno_error("cannot receive on channel");
            packet.fds = detach_fds(m);
            if (static_cast<size_t>(n) < sizeof packet.header || packet.header.magic != magic
                || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
                return bad_framing();
            packet.part.resize(static_cast<size_t>(n) - sizeof packet.header);
            return packet;
        }
    }

    bool continues(Message const& message, uint32_t total, Header const& next)
    {
        return next.type == message.type && next.call == message.call && next.total == total
            && next.offset == message.payload.size() && next.fd_count == 0;
    }

} // namespace

Result<std::pair<Channel, Channel>> Channel::pair()
{
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
        return errno_error("cannot make a socket pair");
    return std::pair { Channel(UniqueFd(fds[0])), Channel(UniqueFd(fds[1])) };
}

Result<void> Channel::send(Message const& message, os::Deadline deadline)
{
    if (message.payload.size() > max_message_bytes || message.fds.size() > max_fds)
        return Error { STAITHE_RANGE, 0, "message is too large" };
    static std::vector<UniqueFd> const none;
    size_t offset = 0;
    do {
        std::string_view const part = std::string_view(message.payload).substr(offset, packet_bytes);
        Header const header { magic, message.type, static_cast<uint16_t>(offset ? 0 : message.fds.size()), message.call,
            static_cast<uint32_t>(message.payload.size()), static_cast<uint32_t>(offset) };
        STAITHE_TRY(send_packet(m_socket.get(), header, part, offset ? none : message.fds, deadline));
        offset += part.size();
    } while (offset < message.payload.size());
    return {};
}

Result<Message> Channel::receive(os::Deadline deadline)
{
    auto packet = STAITHE_TRY(receive_packet(m_socket.get(), deadline));
    uint32_t const total = packet.header.total;
    if (total > max_message_bytes || packet.header.offset != 0 || packet.header.fd_count != packet.fds.size())
        return bad_framing();
    Message message { packet.header.type, packet.header.call, std::move(packet.part), std::move(packet.fds) };
    while (message.payload.size() < total) {
        packet = STAITHE_TRY(receive_packet(m_socket.get(), deadline));
        if (packet.part.empty() || !continues(message, total, packet.header))
            return bad_framing();
        message.payload += packet.part;
    }
    if (message.payload.size() != total)
        return bad_framing();
    return message;
}

} // namespace staithe::rpc
