// The bridge that all containers are ports of.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/network/address.hpp"
#include "daemon/network/netlink.hpp"
#include "daemon/os/log.hpp"

namespace staithe::network {

struct Bridge {
    std::string name;
    int index = 0;
    Subnet subnet; ///< its own address and the prefix that containers share with it
};

struct BridgeWish {
    std::string name;
    std::string remembered_subnet; ///< tried first, if it is not empty; see Bridge::subnet
    std::vector<Address> nameservers; ///< that containers must be able to reach
    bool redirect_loopback = true; ///< 127.0.0.1 of the host is to lead into containers
};

/// Letters, digits, '_', '-', '.', at most 15 of them.
Result<void> check_bridge_name(std::string const&);

/// Finds the bridge, or makes it; gives it an address, if it has none, that overlaps no route and no nameserver; sets
/// it up, without router advertisements, and lets the host forward.
Result<Bridge> find_or_make_bridge(Netlink&, BridgeWish const&, os::Log&);

/// The nameservers in a resolv.conf.
std::vector<Address> nameservers_of(std::string const& resolv_conf);

/// The first of the candidates, `preferred` in front, that overlaps nothing. CONFLICT: all do.
Result<Subnet> choose_subnet(
    std::string const& preferred, std::vector<Subnet> const& taken, std::vector<Address> const& nameservers);

} // namespace staithe::network
