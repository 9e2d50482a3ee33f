// The ports of a container: which it exposes, which a start publishes, and what is shown of both.
#pragma once

#include <vector>

#include "daemon/network/network.hpp"
#include "daemon/store/records.hpp"

namespace staithe::containers {

/// Those of Config.ExposedPorts that are tcp or udp, by number, tcp before udp; nothing is published.
std::vector<api::Port> exposed_ports(api::ContainerConfig const&);

/// HostConfig.PortBindings, for ports without one Config.PortSpecs where the record says that they publish, and for
/// exposed ports without either any free port where HostConfig.PublishAllPorts is set.
Result<std::vector<network::PortRequest>> port_requests(store::ContainerRecord const&);

/// Keeps the ports that were chosen, so that a later start asks for the same.
void remember_ports(api::HostConfig&, std::vector<api::Port> const& published);

/// What the world sees of a container that runs: published ports, and those that are only exposed.
std::vector<api::Port> visible_ports(store::ContainerRecord const&);

} // namespace staithe::containers
