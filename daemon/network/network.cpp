#include "daemon/network/network.hpp"

#include "daemon/network/bridged.hpp"
#include "daemon/os/file.hpp"
#include "daemon/os/lock_name.hpp"

namespace staithe::network {

namespace {

    constexpr char subnet_key[] = "network.subnet", no_bridge[] = "none", lock[] = "staithe/network";

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

    /// Two daemons would sweep away each other's rules and interfaces.
    Result<UniqueFd> claim_host()
    {
        auto claimed = os::lock_name(lock);
        if (!claimed && claimed.error().code == STAITHE_BUSY)
            return Error { STAITHE_BUSY, 0,
                "another staithed connects containers in this network namespace; run this one with --bridge=none or in "
                "a "
                "network namespace of its own" };
        return claimed;
    }

} // namespace

Result<std::unique_ptr<Network>> Network::create(
    Options options, store::Store& store, std::map<std::string, std::string> const& settings, os::Log& log)
{
    if (options.bridge == no_bridge)
        return std::unique_ptr<Network>(new Unconnected);
    STAITHE_TRY_CONTEXT(Address::parse(options.default_host_ip), "cannot publish ports");
    auto claim = STAITHE_TRY(claim_host());
    auto const remembered = value_of(settings, subnet_key);
    auto netlink = STAITHE_TRY(Netlink::open(NETLINK_ROUTE));
    auto bridge = STAITHE_TRY_CONTEXT(
        find_or_make_bridge(netlink, { options.bridge, remembered, nameservers(), options.rules }, log),
        "cannot use bridge '" + options.bridge + "'");
    if (bridge.subnet.text() != remembered)
        STAITHE_TRY(store.set(subnet_key, bridge.subnet.text()));
    return Bridged::create(std::move(claim), std::move(options), std::move(bridge), log);
}

} // namespace staithe::network
