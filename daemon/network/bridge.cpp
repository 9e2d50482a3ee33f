#include "daemon/network/bridge.hpp"

#include <algorithm>
#include <sstream>

#include <staithe/cpp/undo.hpp>

#include "daemon/network/link.hpp"
#include "daemon/network/sysctl.hpp"

namespace staithe::network {

namespace {

    // Those of the Docker of the time, in its order.
    constexpr char const* candidates[] = { "172.17.42.1/16", "10.0.42.1/16", "10.1.42.1/16", "10.42.42.1/16",
        "172.16.42.1/24", "172.16.43.1/24", "172.16.44.1/24", "10.0.42.1/24", "10.0.43.1/24", "192.168.42.1/24",
        "192.168.43.1/24", "192.168.44.1/24" };

    bool is_free(Subnet const& subnet, std::vector<Subnet> const& taken, std::vector<Address> const& nameservers)
    {
        return std::none_of(taken.begin(), taken.end(), [&](Subnet const& other) { return other.overlaps(subnet); })
            && std::none_of(nameservers.begin(), nameservers.end(), [&](Address one) { return subnet.contains(one); });
    }

    Result<Interface> find_or_make(Netlink& netlink, std::string const& name, os::Log& log, Undo& undo)
    {
        auto found = STAITHE_TRY(find_interface(netlink, name));
        if (!found) {
            STAITHE_TRY(make_bridge(netlink, name));
            undo.push([&netlink, name] { (void)remove_interface(netlink, name); });
            log.info("made bridge '" + name + "'");
            // Containers have no IPv6, so nothing may speak it to the host either.
            auto const off = write_sysctl("ipv6/conf/" + name + "/disable_ipv6", "1");
            if (!off && off.error().code != STAITHE_NOT_FOUND)
                log.warning(off.error().message);
            found = STAITHE_TRY(find_interface(netlink, name));
        }
        if (!found || found->kind != "bridge")
            return Error { STAITHE_CONFLICT, 0, "interface '" + name + "' is not a bridge" };
        return *found;
    }

    Result<Subnet> find_or_add_address(Netlink& netlink, BridgeWish const& wish, int index)
    {
        if (auto const present = STAITHE_TRY(address_of(netlink, index)))
            return *present;
        auto const taken = STAITHE_TRY(routed_networks(netlink, index));
        auto const subnet = STAITHE_TRY(choose_subnet(wish.remembered_subnet, taken, wish.nameservers));
        STAITHE_TRY(add_address(netlink, index, subnet));
        return subnet;
    }

    void switch_to(std::string const& name, std::string const& value, os::Log& log)
    {
        auto const written = write_sysctl(name, value);
        if (!written && written.error().code != STAITHE_NOT_FOUND)
            log.warning(written.error().message);
    }

    void let_forward(os::Log& log)
    {
        auto const before = read_sysctl("ipv4/ip_forward");
        if (before && before.value() != "0")
            return;
        auto const written = write_sysctl("ipv4/ip_forward", "1");
        if (written)
            log.info("switched on IPv4 forwarding, which containers need");
        else
            log.warning("IPv4 forwarding is off, containers reach this host only: " + written.error().message);
    }

} // namespace

Result<void> check_bridge_name(std::string const& name)
{
    constexpr char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    if (name.empty() || name.size() > 15 || name == "." || name == ".."
        || name.find_first_not_of(allowed) != std::string::npos)
        return Error { STAITHE_INVALID, 0, "'" + name + "' cannot be the name of a bridge" };
    return {};
}

std::vector<Address> nameservers_of(std::string const& resolv_conf)
{
    std::vector<Address> result;
    std::istringstream lines(resolv_conf);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string keyword, address;
        if (!(words >> keyword >> address) || keyword != "nameserver")
            continue;
        auto const parsed = Address::parse(address);
        if (parsed)
            result.push_back(parsed.value());
    }
    return result;
}

Result<Subnet> choose_subnet(
    std::string const& preferred, std::vector<Subnet> const& taken, std::vector<Address> const& nameservers)
{
    auto const remembered = Subnet::parse(preferred);
    if (remembered && is_free(remembered.value(), taken, nameservers))
        return remembered.value();
    for (char const* const candidate : candidates) {
        auto const subnet = Subnet::parse(candidate);
        if (subnet && is_free(subnet.value(), taken, nameservers))
            return subnet.value();
    }
    return Error { STAITHE_CONFLICT, 0,
        "every network that containers could have overlaps a route or a nameserver of this host; make a bridge with an "
        "address of your choice and name it with -b" };
}

Result<Bridge> find_or_make_bridge(Netlink& netlink, BridgeWish const& wish, os::Log& log)
{
    STAITHE_TRY(check_bridge_name(wish.name));
    Undo undo;
    auto const interface = STAITHE_TRY(find_or_make(netlink, wish.name, log, undo));
    switch_to("ipv6/conf/" + wish.name + "/accept_ra", "0", log);
    switch_to("ipv4/conf/" + wish.name + "/route_localnet", wish.redirect_loopback ? "1" : "0", log);
    Bridge bridge { wish.name, interface.index, {} };
    bridge.subnet = STAITHE_TRY(find_or_add_address(netlink, wish, interface.index));
    STAITHE_TRY(set_up(netlink, interface.index));
    let_forward(log);
    undo.dismiss();
    return bridge;
}

} // namespace staithe::network
