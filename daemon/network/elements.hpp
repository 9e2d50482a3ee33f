// What the sets of our nftables tables hold, as text for libnftables.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "api/services/container.hpp"
#include "daemon/network/address.hpp"

namespace staithe::network {

struct Element {
    std::string set; ///< "inet staithe links"
    std::string value; ///< "172.17.0.2 . 6 . 80"; of a map with ": …"

    auto operator<=>(Element const&) const = default;
};
using Elements = std::vector<Element>;

/// A container's port is published. separated: containers reach one another only where they are let.
Elements published_elements(
    api::Protocol, Address host, uint16_t host_port, Address container, uint16_t container_port, bool separated);

/// parent may reach the port of child.
Elements link_elements(Address parent, Address child, api::Protocol, uint16_t port);

} // namespace staithe::network
