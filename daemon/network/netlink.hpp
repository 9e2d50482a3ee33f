// A conversation with the kernel by netlink: requests are built, sent together, and every one is answered.
#pragma once

#include <libmnl/libmnl.h>

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::network {

/// A request under construction; it must stay below its room, as all of ours do by far.
class Message {
public:
    /// header: what the type asks for behind the netlink header, such as an ifinfomsg. The request is acknowledged.
    template <class Header> Message(uint16_t type, int flags, Header const& header)
    {
        begin(type, flags);
        std::memcpy(mnl_nlmsg_put_extra_header(head(), sizeof header), &header, sizeof header);
    }

    Message& text(uint16_t type, std::string const&);
    Message& number(uint16_t type, uint32_t);
    Message& byte(uint16_t type, uint8_t);
    Message& bytes(uint16_t type, void const*, size_t);
    /// Puts what `inside` puts into an attribute; header: bytes in front of it, as in VETH_INFO_PEER.
    template <class Inside> Message& nest(uint16_t type, Inside inside)
    {
        nlattr* const outer = mnl_attr_nest_start(head(), type);
        inside();
        mnl_attr_nest_end(head(), outer);
        return *this;
    }
    /// Bytes without an attribute's head.
    template <class Header> Message& raw(Header const& header)
    {
        std::memcpy(mnl_nlmsg_put_extra_header(head(), sizeof header), &header, sizeof header);
        return *this;
    }

    nlmsghdr* head() { return reinterpret_cast<nlmsghdr*>(m_room.data()); }

private:
    void begin(uint16_t type, int flags);

    alignas(nlmsghdr) std::array<char, 512> m_room;
};

/// Not thread-safe. Belongs for ever to the network namespace of the thread that opened it.
class Netlink {
public:
    /// bus: NETLINK_ROUTE, NETLINK_NETFILTER.
    static Result<Netlink> open(int bus);

    /// Has all of them carried out, in order, with one system call; `what` and the cause of the first that failed.
    Result<void> ask(std::vector<Message> messages, std::string const& what);
    /// Hands every message of the answer to `take`.
    Result<void> list(Message, std::function<void(nlmsghdr const&)> const& take, std::string const& what);

private:
    struct Close {
        void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
    };
    explicit Netlink(mnl_socket* socket)
        : m_socket(socket)
    {
    }

    std::unique_ptr<mnl_socket, Close> m_socket;
    uint32_t m_sequence = 0;
};

/// The attribute of a message with a payload header of this size; null: it has none.
nlattr const* attribute(nlmsghdr const&, size_t header_size, uint16_t type);
/// The attribute within another one, which may be null.
nlattr const* attribute(nlattr const* outer, uint16_t type);

} // namespace staithe::network
