// The addresses of one subnet, given out counting up, so that one that was given back rests as long as possible.
#pragma once

#include <set>

#include "daemon/network/address.hpp"

namespace staithe::network {

/// Not thread-safe.
class AddressPool {
public:
    /// bridge: the bridge's address and prefix. Never given: it, the network's own, its first and the broadcast
    /// address.
    explicit AddressPool(Subnet bridge);

    /// UNAVAILABLE: "No unallocated IP available".
    Result<Address> take();
    /// Is now in use, by a container that runs. Addresses of other subnets are fine.
    void mark(Address);
    void give_back(Address);
    size_t used() const { return m_used.size(); }

private:
    Subnet m_bridge;
    uint32_t m_last; // given out most recently
    std::set<Address> m_used;
};

} // namespace staithe::network
