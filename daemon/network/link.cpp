#include "daemon/network/link.hpp"

#include <arpa/inet.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include "daemon/network/sysctl.hpp"
#include "daemon/os/random.hpp"

namespace staithe::network {

namespace {

    using HardwareAddress = std::array<uint8_t, 6>;

    ifinfomsg interface_header(int index = 0, unsigned flags = 0)
    {
        ifinfomsg header {};
        header.ifi_family = AF_UNSPEC;
        header.ifi_index = index;
        header.ifi_flags = header.ifi_change = flags;
        return header;
    }

    Interface interface_of(nlmsghdr const& message)
    {
        auto const* const header = static_cast<ifinfomsg const*>(mnl_nlmsg_get_payload(&message));
        Interface result;
        result.index = header->ifi_index;
        if (nlattr const* const name = attribute(message, sizeof *header, IFLA_IFNAME))
            result.name = mnl_attr_get_str(name);
        if (nlattr const* const kind = attribute(attribute(message, sizeof *header, IFLA_LINKINFO), IFLA_INFO_KIND))
            result.kind = mnl_attr_get_str(kind);
        return result;
    }

    /// 02:42 and the address, as containers have had it for long: an address that is used again means the same
    /// hardware.
    HardwareAddress hardware_address(Address address)
    {
        auto const byte = [&](int shift) { return static_cast<uint8_t>(address.value >> shift); };
        return { 0x02, 0x42, byte(24), byte(16), byte(8), byte(0) };
    }

    HardwareAddress random_hardware_address()
    {
        HardwareAddress result { 0x02, 0x43 };
        for (size_t i = 2; i < result.size(); ++i)
            result[i] = static_cast<uint8_t>(os::random_below(256));
        return result;
    }

    Message up_message(int index)
    {
        return { RTM_NEWLINK, 0, interface_header(index, IFF_UP) };
    }

    Message address_message(int index, Subnet const& address)
    {
        ifaddrmsg header {};
        header.ifa_family = AF_INET;
        header.ifa_prefixlen = static_cast<uint8_t>(address.prefix);
        header.ifa_index = static_cast<uint32_t>(index);
        Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, header);
        message.number(IFA_LOCAL, address.address.network_order());
        message.number(IFA_ADDRESS, address.address.network_order());
        message.number(IFA_BROADCAST, address.broadcast().network_order());
        return message;
    }

    Message default_route_message(int index, Address gateway)
    {
        rtmsg header {};
        header.rtm_family = AF_INET;
        header.rtm_table = RT_TABLE_MAIN;
        header.rtm_protocol = RTPROT_BOOT;
        header.rtm_scope = RT_SCOPE_UNIVERSE;
        header.rtm_type = RTN_UNICAST;
        Message message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, header);
        message.number(RTA_GATEWAY, gateway.network_order());
        message.number(RTA_OIF, static_cast<uint32_t>(index));
        return message;
    }

    /// The whole pair in one message; its other end is made where it belongs and never moves.
    Message pair_message(Pair const& pair)
    {
        auto const hardware = hardware_address(pair.address);
        Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, interface_header());
        message.text(IFLA_IFNAME, pair.name).number(IFLA_MASTER, static_cast<uint32_t>(pair.bridge));
        auto const peer = [&] {
            message.raw(interface_header()).text(IFLA_IFNAME, "eth0");
            message.bytes(IFLA_ADDRESS, hardware.data(), hardware.size());
            message.number(IFLA_NET_NS_FD, static_cast<uint32_t>(pair.name_space));
        };
        message.nest(IFLA_LINKINFO, [&] {
            message.text(IFLA_INFO_KIND, "veth");
            message.nest(IFLA_INFO_DATA, [&] { message.nest(VETH_INFO_PEER, peer); });
        });
        return message;
    }

} // namespace

Result<std::optional<Interface>> find_interface(Netlink& netlink, std::string const& name)
{
    std::optional<Interface> found;
    Message message(RTM_GETLINK, 0, interface_header());
    message.text(IFLA_IFNAME, name);
    auto const listed = netlink.list(
        message, [&](nlmsghdr const& answer) { found = interface_of(answer); }, "cannot find interface '" + name + "'");
    if (!listed && listed.error().sys_errno != ENODEV)
        return listed.error();
    return found;
}

Result<std::vector<Interface>> ports_of(Netlink& netlink, int bridge)
{
    std::vector<Interface> ports;
    Message message(RTM_GETLINK, NLM_F_DUMP, interface_header());
    message.number(IFLA_MASTER, static_cast<uint32_t>(bridge));
    STAITHE_TRY(netlink.list(
        message,
        [&](nlmsghdr const& answer) {
            nlattr const* const master = attribute(answer, sizeof(ifinfomsg), IFLA_MASTER);
            if (master && mnl_attr_get_u32(master) == static_cast<uint32_t>(bridge))
                ports.push_back(interface_of(answer));
        },
        "cannot list the ports of the bridge"));
    return ports;
}

Result<void> make_bridge(Netlink& netlink, std::string const& name)
{
    Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, interface_header());
    auto const hardware = random_hardware_address();
    message.text(IFLA_IFNAME, name).bytes(IFLA_ADDRESS, hardware.data(), hardware.size());
    message.nest(IFLA_LINKINFO, [&] { message.text(IFLA_INFO_KIND, "bridge"); });
    return netlink.ask({ message }, "cannot make bridge '" + name + "'");
}

Result<void> remove_interface(Netlink& netlink, std::string const& name)
{
    Message message(RTM_DELLINK, 0, interface_header());
    message.text(IFLA_IFNAME, name);
    return netlink.ask({ message }, "cannot remove interface '" + name + "'");
}

Result<void> set_up(Netlink& netlink, int index)
{
    return netlink.ask({ up_message(index) }, "cannot set up an interface");
}

Result<void> add_address(Netlink& netlink, int index, Subnet const& address)
{
    return netlink.ask({ address_message(index, address) }, "cannot add address '" + address.text() + "'");
}

Result<std::optional<Subnet>> address_of(Netlink& netlink, int index)
{
    std::optional<Subnet> first;
    ifaddrmsg header {};
    header.ifa_family = AF_INET;
    STAITHE_TRY(netlink.list(
        { RTM_GETADDR, NLM_F_DUMP, header },
        [&](nlmsghdr const& answer) {
            auto const* const info = static_cast<ifaddrmsg const*>(mnl_nlmsg_get_payload(&answer));
            nlattr const* const local = attribute(answer, sizeof *info, IFA_LOCAL);
            if (!first && local && info->ifa_index == static_cast<uint32_t>(index))
                first = Subnet { { ntohl(mnl_attr_get_u32(local)) }, info->ifa_prefixlen };
        },
        "cannot list addresses"));
    return first;
}

Result<std::vector<Subnet>> routed_networks(Netlink& netlink, int except)
{
    std::vector<Subnet> networks;
    rtmsg header {};
    header.rtm_family = AF_INET;
    STAITHE_TRY(netlink.list(
        { RTM_GETROUTE, NLM_F_DUMP, header },
        [&](nlmsghdr const& answer) {
            auto const* const info = static_cast<rtmsg const*>(mnl_nlmsg_get_payload(&answer));
            nlattr const* const destination = attribute(answer, sizeof *info, RTA_DST);
            nlattr const* const through = attribute(answer, sizeof *info, RTA_OIF);
            bool const excepted = through && mnl_attr_get_u32(through) == static_cast<uint32_t>(except);
            if (destination && info->rtm_dst_len > 0 && !excepted)
                networks.push_back({ { ntohl(mnl_attr_get_u32(destination)) }, info->rtm_dst_len });
        },
        "cannot list routes"));
    return networks;
}

Result<void> make_pair(Netlink& netlink, Pair const& pair)
{
    std::string const failed = "cannot make interface '" + pair.name + "'";
    STAITHE_TRY(netlink.ask({ pair_message(pair) }, failed));
    // The host has nothing to say by IPv6 to one container.
    auto const off = write_sysctl("ipv6/conf/" + pair.name + "/disable_ipv6", "1");
    if (!off && off.error().code != STAITHE_NOT_FOUND)
        return off;
    Message up(RTM_NEWLINK, 0, interface_header(0, IFF_UP));
    up.text(IFLA_IFNAME, pair.name);
    if (pair.hairpin) {
        up.nest(IFLA_LINKINFO, [&] {
            up.text(IFLA_INFO_SLAVE_KIND, "bridge");
            up.nest(IFLA_INFO_SLAVE_DATA, [&] { up.byte(IFLA_BRPORT_MODE, 1); });
        });
    }
    return netlink.ask({ up }, failed);
}

Result<void> configure_eth0(Netlink& netlink, Subnet const& address, Address gateway)
{
    auto const eth0 = STAITHE_TRY(find_interface(netlink, "eth0"));
    if (!eth0)
        return Error { STAITHE_INTERNAL, 0, "the container's interface is not there" };
    return netlink.ask(
        { address_message(eth0->index, address), up_message(eth0->index), default_route_message(eth0->index, gateway) },
        "cannot configure the container's interface");
}

} // namespace staithe::network
