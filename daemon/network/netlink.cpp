#include "daemon/network/netlink.hpp"

namespace staithe::network {

namespace {

    // What the kernel fills at most with one part of a listing.
    constexpr size_t answer_room = 32 * 1024;

    struct Acknowledgements {
        uint32_t first, last;
        size_t outstanding;
        int error = 0;

        void take(nlmsghdr const& head)
        {
            if (head.nlmsg_type != NLMSG_ERROR || head.nlmsg_seq < first || head.nlmsg_seq > last)
                return;
            --outstanding;
            auto const* const answer = static_cast<nlmsgerr const*>(mnl_nlmsg_get_payload(&head));
            if (error == 0)
                error = -answer->error;
        }
    };

    struct Search {
        uint16_t type;
        nlattr const* found = nullptr;

        static int look(nlattr const* one, void* search)
        {
            auto* const self = static_cast<Search*>(search);
            if (mnl_attr_get_type(one) != self->type)
                return MNL_CB_OK;
            self->found = one;
            return MNL_CB_STOP;
        }
    };

} // namespace

void Message::begin(uint16_t type, int flags)
{
    m_room.fill(0);
    nlmsghdr* const message = mnl_nlmsg_put_header(m_room.data());
    message->nlmsg_type = type;
    message->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
}

Message& Message::text(uint16_t type, std::string const& value)
{
    mnl_attr_put_strz(head(), type, value.c_str());
    return *this;
}

Message& Message::number(uint16_t type, uint32_t value)
{
    mnl_attr_put_u32(head(), type, value);
    return *this;
}

Message& Message::byte(uint16_t type, uint8_t value)
{
    mnl_attr_put_u8(head(), type, value);
    return *this;
}

Message& Message::bytes(uint16_t type, void const* data, size_t size)
{
    mnl_attr_put(head(), type, size, data);
    return *this;
}

Result<Netlink> Netlink::open(int bus)
{
    Netlink netlink(mnl_socket_open2(bus, SOCK_CLOEXEC));
    if (!netlink.m_socket || mnl_socket_bind(netlink.m_socket.get(), 0, MNL_SOCKET_AUTOPID) != 0)
        return errno_error("cannot open a netlink socket");
    return netlink;
}

Result<void> Netlink::ask(std::vector<Message> messages, std::string const& what)
{
    std::string batch;
    Acknowledgements answers { m_sequence + 1, m_sequence + static_cast<uint32_t>(messages.size()), messages.size() };
    for (auto& message : messages) {
        message.head()->nlmsg_seq = ++m_sequence;
        batch.append(reinterpret_cast<char const*>(message.head()), message.head()->nlmsg_len);
        batch.resize(MNL_ALIGN(batch.size()));
    }
    if (mnl_socket_sendto(m_socket.get(), batch.data(), batch.size()) < 0)
        return errno_error(what);
    alignas(nlmsghdr) char room[4096];
    while (answers.outstanding > 0) {
        ssize_t const n = mnl_socket_recvfrom(m_socket.get(), room, sizeof room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno_error(what);
        int rest = static_cast<int>(n);
        for (auto* head = reinterpret_cast<nlmsghdr*>(room); mnl_nlmsg_ok(head, rest);
             head = mnl_nlmsg_next(head, &rest))
            answers.take(*head);
    }
    if (answers.error != 0)
        return errno_error(what, answers.error);
    return {};
}

Result<void> Netlink::list(Message message, std::function<void(nlmsghdr const&)> const& take, std::string const& what)
{
    message.head()->nlmsg_seq = ++m_sequence;
    if (mnl_socket_sendto(m_socket.get(), message.head(), message.head()->nlmsg_len) < 0)
        return errno_error(what);
    auto const call = [](nlmsghdr const* head, void* context) {
        (*static_cast<std::function<void(nlmsghdr const&)> const*>(context))(*head);
        return MNL_CB_OK;
    };
    std::vector<char> room(answer_room);
    for (;;) {
        ssize_t const n = mnl_socket_recvfrom(m_socket.get(), room.data(), room.size());
        if (n < 0 && errno == EINTR)
            continue;
        auto* const context = const_cast<std::function<void(nlmsghdr const&)>*>(&take);
        int const more = n < 0 ? -1
                               : mnl_cb_run(room.data(), static_cast<size_t>(n), m_sequence,
                                   mnl_socket_get_portid(m_socket.get()), call, context);
        if (more < 0)
            return errno_error(what);
        if (more == MNL_CB_STOP)
            return {};
    }
}

nlattr const* attribute(nlmsghdr const& message, size_t header_size, uint16_t type)
{
    Search search { type };
    (void)mnl_attr_parse(&message, static_cast<unsigned>(header_size), Search::look, &search);
    return search.found;
}

nlattr const* attribute(nlattr const* outer, uint16_t type)
{
    Search search { type };
    if (outer)
        (void)mnl_attr_parse_nested(outer, Search::look, &search);
    return search.found;
}

} // namespace staithe::network
