#include "daemon/network/conntrack.hpp"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

#include <optional>
#include <utility>
#include <vector>

#include "daemon/network/netlink.hpp"

namespace staithe::network {

namespace {

    constexpr std::chrono::milliseconds gathering { 20 };

    using Ports = std::map<uint16_t, std::set<FlowCleaner::Target>>;

    /// A port in one direction of UDP traffic; nothing: it is none.
    std::optional<uint16_t> udp_port_of(nlattr const* tuple, uint16_t which)
    {
        nlattr const* const protocol = attribute(tuple, CTA_TUPLE_PROTO);
        nlattr const* const number = attribute(protocol, CTA_PROTO_NUM);
        nlattr const* const port = attribute(protocol, which);
        if (!number || mnl_attr_get_u8(number) != IPPROTO_UDP || !port)
            return std::nullopt;
        return ntohs(mnl_attr_get_u16(port));
    }

    /// Who answers.
    FlowCleaner::Target target_of(nlmsghdr const& flow)
    {
        nlattr const* const reply = attribute(flow, sizeof(nfgenmsg), CTA_TUPLE_REPLY);
        nlattr const* const source = attribute(attribute(reply, CTA_TUPLE_IP), CTA_IP_V4_SRC);
        return { Address { source ? ntohl(mnl_attr_get_u32(source)) : 0 },
            udp_port_of(reply, CTA_PROTO_SRC_PORT).value_or(0) };
    }

    Message message_for(uint16_t type, int flags)
    {
        nfgenmsg header {};
        header.nfgen_family = AF_INET;
        header.version = NFNETLINK_V0;
        return { static_cast<uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type), flags, header };
    }

    Result<void> forget_flows(Ports const& ports)
    {
        auto netlink = STAITHE_TRY(Netlink::open(NETLINK_NETFILTER));
        std::vector<Message> removals;
        auto const take = [&](nlmsghdr const& flow) {
            nlattr const* const original = attribute(flow, sizeof(nfgenmsg), CTA_TUPLE_ORIG);
            auto const port = ports.find(udp_port_of(original, CTA_PROTO_DST_PORT).value_or(0));
            if (port == ports.end() || port->second.contains(target_of(flow)))
                return;
            removals.push_back(message_for(IPCTNL_MSG_CT_DELETE, 0));
            removals.back().bytes(
                CTA_TUPLE_ORIG | NLA_F_NESTED, mnl_attr_get_payload(original), mnl_attr_get_payload_len(original));
        };
        STAITHE_TRY(netlink.list(message_for(IPCTNL_MSG_CT_GET, NLM_F_DUMP), take, "cannot list connections"));
        // One at a time: a connection that ended by itself meanwhile must not keep the others.
        for (auto const& removal : removals) {
            auto const removed = netlink.ask({ removal }, "cannot forget a connection");
            if (!removed && removed.error().code != STAITHE_NOT_FOUND)
                return removed.error();
        }
        return {};
    }

} // namespace

FlowCleaner::FlowCleaner(os::Log& log)
    : m_log(log)
    , m_worker([this] { work(); })
{
}

void FlowCleaner::led_to(uint16_t udp_port, Target target)
{
    {
        MutexLock lock(m_mutex);
        m_ports[udp_port].insert(target);
    }
    warn(m_worker.wake());
}

void FlowCleaner::led_away(uint16_t udp_port, Target target)
{
    {
        MutexLock lock(m_mutex);
        m_ports[udp_port].erase(target);
    }
    warn(m_worker.wake());
}

void FlowCleaner::work()
{
    // A burst of starts is one walk.
    std::this_thread::sleep_for(gathering);
    MutexLock lock(m_mutex);
    auto const ports = std::exchange(m_ports, {});
    lock.unlock();
    if (!ports.empty())
        warn(forget_flows(ports));
}

void FlowCleaner::warn(Result<void> const& forgotten) const
{
    if (!forgotten)
        m_log.warning("earlier UDP traffic may miss its container: " + forgotten.error().message);
}

} // namespace staithe::network
