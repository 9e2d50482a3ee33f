// The containers' network: one bridge, a veth pair and an address per container, published ports, and the rules between
// containers. Netlink and one nftables table of our own; no child processes, nobody else's rules touched.
//
// A container's end of its veth pair lives in its network namespace, which its keeper holds: when the keeper ends, the
// pair is gone. So what is left to give back after a kill -9 are addresses, ports and rules, and those follow from the
// running containers that the daemon finds again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "api/services/container.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"

namespace staithe::network {

struct Options {
    std::string bridge = "staithe0"; ///< "none": containers have loopback only
    std::string default_host_ip = "0.0.0.0"; ///< where ports without a HostIp are published
    bool inter_container = true; ///< false: containers reach one another only over links
    bool rules = true; ///< false: no nftables at all; nothing is published
    bool api_reachable = false; ///< may containers reach the daemon's own TCP ports?
    std::vector<uint16_t> api_ports; ///< those TCP ports
};

/// A port that a start wants published.
struct PortRequest {
    api::Protocol protocol = api::Protocol::Tcp;
    uint16_t container_port = 0;
    std::string host_ip; ///< empty: the default
    uint16_t host_port = 0; ///< 0: any free one of 49153 … 65534
};

/// What a container that runs has.
struct Endpoint {
    UniqueFd name_space; ///< for the keeper; the pair is in it and up, with address, route and loopback
    api::NetworkState state; ///< with the ports as chosen, without those that are only exposed
};

/// A parent may reach these ports of its child, and the child may answer.
struct Link {
    std::string parent_ip, child_ip;
    std::vector<api::Port> ports; ///< container_port and protocol
};

/// Thread-safe.
class Network {
public:
    virtual ~Network() = default;
    /// Finds or makes the bridge and the table. The subnet is remembered in the store's settings.
    static Result<std::unique_ptr<Network>> create(
        Options, store::Store&, std::map<std::string, std::string> const& settings, os::Log&);

    /// False: every container has loopback only, and connect() is not called.
    virtual bool enabled() const = 0;
    virtual std::string bridge() const = 0;

    /// Address, pair and ports for a container that starts. On failure nothing stays. CONFLICT: "Port already in use:
    /// N"; UNAVAILABLE: "No unallocated IP available".
    virtual Result<Endpoint> connect(std::string const& container, std::vector<PortRequest> const&) = 0;
    /// Gives everything back; unknown containers are fine.
    virtual void disconnect(std::string const& container) = 0;

    /// Recovery: this container runs and has this. Then, once, the rules of everything else are dropped.
    virtual void adopt(std::string const& container, api::NetworkState const&) = 0;
    virtual void adopted_all() = 0;

    /// Allows and disallows what inter_container = false forbids. A link ends with the disconnect() of either end.
    /// NOT_FOUND: one of them is not connected.
    virtual Result<void> link(std::string const& parent, Link const&) = 0;
    virtual void unlink(std::string const& parent, Link const&) = 0;
};

} // namespace staithe::network
