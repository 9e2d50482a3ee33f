// Network interfaces, addresses and routes: what the other files want of the kernel, one function each.
//
// All work in the namespace of the Netlink they are given (NETLINK_ROUTE).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/network/address.hpp"
#include "daemon/network/netlink.hpp"

namespace staithe::network {

struct Interface {
    int index = 0;
    std::string name, kind; ///< kind: "bridge", "veth"; empty for what is no virtual device
};

/// Nothing: there is none of this name.
Result<std::optional<Interface>> find_interface(Netlink&, std::string const& name);
/// The ports of a bridge.
Result<std::vector<Interface>> ports_of(Netlink&, int bridge);

/// Its hardware address is chosen and stays, so that containers need not learn it anew when ports come and go.
Result<void> make_bridge(Netlink&, std::string const& name);
Result<void> remove_interface(Netlink&, std::string const& name);
Result<void> set_up(Netlink&, int index);
Result<void> add_address(Netlink&, int index, Subnet const&);

/// The first IPv4 address of an interface.
Result<std::optional<Subnet>> address_of(Netlink&, int index);
/// Every IPv4 network that a route leads to, but for default routes and those through the interface `except` (0: none).
Result<std::vector<Subnet>> routed_networks(Netlink&, int except);

/// One end of a veth pair to be, and where the other is to appear as "eth0".
struct Pair {
    std::string name;
    int bridge = 0; ///< index of the bridge that this end becomes a port of
    int name_space = -1; ///< borrowed; where the other end appears
    Address address; ///< of the other end; its hardware address is made from it
    bool hairpin = false; ///< the bridge may send a packet back through the port it came from
};
/// netlink: of the calling thread's namespace. On failure the pair may be there; it ends with its other end's
/// namespace.
Result<void> make_pair(Netlink&, Pair const&);

/// Within a container's namespace: gives eth0 its address, sets it up, and routes everything through the gateway.
Result<void> configure_eth0(Netlink&, Subnet const& address, Address gateway);

} // namespace staithe::network
