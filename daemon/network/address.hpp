// IPv4 addresses and subnets as values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include <staithe/cpp/result.hpp>

namespace staithe::network {

struct Address {
    uint32_t value = 0; ///< in host byte order

    /// Dotted decimal with four numbers, nothing else; INVALID otherwise.
    static Result<Address> parse(std::string const& text);
    std::string text() const;
    /// As netlink and sockets want it.
    uint32_t network_order() const;
    bool is_any() const { return value == 0; }
    bool is_loopback() const { return value >> 24 == 127; }

    auto operator<=>(Address const&) const = default;
};

/// An address with the length of its prefix: "172.17.42.1/16".
struct Subnet {
    Address address;
    int prefix = 32;

    static Result<Subnet> parse(std::string const& text);
    std::string text() const;
    /// The network's own address: "172.17.0.0".
    Address network() const { return { address.value & mask() }; }
    Address broadcast() const { return { address.value | ~mask() }; }
    uint32_t mask() const { return prefix == 0 ? 0 : ~uint32_t(0) << (32 - prefix); }
    bool contains(Address other) const { return (other.value & mask()) == network().value; }
    bool overlaps(Subnet const& other) const { return contains(other.network()) || other.contains(network()); }
};

} // namespace staithe::network
