#include "daemon/network/network.hpp"

#include "daemon/network/bridged.hpp"
#include "daemon/os/file.hpp"

namespace staithe::network {

namespace {

    constexpr char subnet_key[] = "network.subnet", no_bridge[] = "none";

    /// Every container has loopback only.
    class Unconnected final : public Network {
    public:
        bool enabled() const override { return false; }
        std::string bridge() const override { return ""; }
        Result<Endpoint> connect(std::string const&, std::vector<PortRequest> const&) override
        {
            return Error { STAITHE_UNSUPPORTED, 0, "the daemon runs without a network" };
        }
        void disconnect(std::string const&) override { }
        void adopt(std::string const&, api::NetworkState const&) override { }
        void adopted_all() override { }
        Result<void> link(std::string const&, Link const&) override { return {}; }
        void unlink(std::string const&, Link const&) override { }
    };

    std::string value_of(std::map<std::string, std::string> const& settings, std::string const& key)
    {
        auto const found = settings.find(key);
        return found == settings.end() ? "" : found->second;
    }

    std::vector<Address> nameservers()
    {
        auto const text = os::read_file("/etc/resolv.conf");
        return text ? nameservers_of(text.value()) : std::vector<Address>();
    }

} // namespace

Result<std::unique_ptr<Network>> Network::create(
    Options options, store::Store& store, std::map<std::string, std::string> const& settings, os::Log& log)
{
    if (options.bridge == no_bridge)
        return std::unique_ptr<Network>(new Unconnected);
    STAITHE_TRY_CONTEXT(Address::parse(options.default_host_ip), "cannot publish ports");
    auto const remembered = value_of(settings, subnet_key);
    auto netlink = STAITHE_TRY(Netlink::open(NETLINK_ROUTE));
    auto bridge = STAITHE_TRY_CONTEXT(
        find_or_make_bridge(netlink, { options.bridge, remembered, nameservers(), options.rules }, log),
        "cannot use bridge '" + options.bridge + "'");
    if (bridge.subnet.text() != remembered)
        STAITHE_TRY(store.set(subnet_key, bridge.subnet.text()));
    return Bridged::create(std::move(options), std::move(bridge), log);
}

} // namespace staithe::network
