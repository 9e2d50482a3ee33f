#include "daemon/network/table_watch.hpp"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cstring>

#include "daemon/network/netlink.hpp"

namespace staithe::network {

namespace {

    constexpr int settle_ms = 100; // so that a reload can finish
    constexpr int pause_ms = 1000; // so that two programs that disagree do not fight at full speed
    constexpr int receive_room = 1 << 20;

    Result<UniqueFd> subscribe()
    {
        UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER));
        sockaddr_nl name {};
        name.nl_family = AF_NETLINK;
        int const group = NFNLGRP_NFTABLES;
        if (!fd || ::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0
            || ::setsockopt(fd.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0)
            return errno_error("cannot watch nftables");
        (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_room, sizeof receive_room);
        return fd;
    }

    bool concerns_us(nlmsghdr const& message)
    {
        // The table's name is the first attribute of every kind of object.
        nlattr const* const table = attribute(message, sizeof(nfgenmsg), NFTA_TABLE_NAME);
        return table && std::strcmp(mnl_attr_get_str(table), "staithe") == 0;
    }

    bool holds(nlmsghdr const& message, std::string const& signature)
    {
        nlattr const* const data = attribute(message, sizeof(nfgenmsg), NFTA_TABLE_USERDATA);
        return data
            && ::memmem(mnl_attr_get_payload(data), mnl_attr_get_payload_len(data), signature.data(), signature.size());
    }

} // namespace

Result<std::unique_ptr<TableWatch>> TableWatch::create(std::string signature, std::function<void()> damaged)
{
    auto events = STAITHE_TRY(subscribe());
    UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
    if (!stop)
        return errno_error("cannot make an event descriptor");
    return std::unique_ptr<TableWatch>(
        new TableWatch(std::move(events), std::move(stop), std::move(signature), std::move(damaged)));
}

TableWatch::TableWatch(UniqueFd events, UniqueFd stop, std::string signature, std::function<void()> damaged)
    : m_events(std::move(events))
    , m_stop(std::move(stop))
    , m_signature(std::move(signature))
    , m_damaged(std::move(damaged))
    , m_thread([this] { run(); })
{
}

TableWatch::~TableWatch()
{
    (void)::eventfd_write(m_stop.get(), 1);
    m_thread.join();
}

void TableWatch::run()
{
    alignas(nlmsghdr) static thread_local char room[32 * 1024];
    auto const stopped = [&](int timeout_ms) {
        pollfd stop { m_stop.get(), POLLIN, 0 };
        return ::poll(&stop, 1, timeout_ms) > 0;
    };
    for (;;) {
        pollfd fds[] = { { m_stop.get(), POLLIN, 0 }, { m_events.get(), POLLIN, 0 } };
        int const ready = ::poll(fds, 2, m_pending ? settle_ms : -1);
        if (ready > 0 && fds[0].revents != 0)
            return;
        if (ready > 0) {
            ssize_t const n = ::recv(m_events.get(), room, sizeof room, 0);
            if (n > 0)
                take(room, static_cast<size_t>(n));
            else if (n < 0 && errno == ENOBUFS)
                m_pending = true; // some of the messages are lost
        } else if (ready == 0 && m_pending) {
            m_pending = false;
            m_damaged();
            if (stopped(pause_ms))
                return;
        }
    }
}

void TableWatch::take(char const* messages, size_t size)
{
    int rest = static_cast<int>(size);
    auto const* head = reinterpret_cast<nlmsghdr const*>(messages);
    for (; mnl_nlmsg_ok(head, rest); head = mnl_nlmsg_next(head, &rest)) {
        // A transaction's last message.
        if (head->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN)) {
            if (m_signed)
                m_own_port = head->nlmsg_pid;
            else if (m_touched && head->nlmsg_pid != m_own_port)
                m_pending = true;
            m_touched = m_signed = false;
        } else if (concerns_us(*head)) {
            m_touched = true;
            m_signed = m_signed
                || (head->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE) && holds(*head, m_signature));
        }
    }
}

} // namespace staithe::network
