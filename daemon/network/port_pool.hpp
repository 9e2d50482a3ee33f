// The host's ports that containers publish: every number once per protocol, whatever the host address.
#pragma once

#include <cstdint>
#include <set>

#include <staithe/cpp/result.hpp>

namespace staithe::network {

/// For one protocol. Not thread-safe.
class PortPool {
public:
    static constexpr uint16_t first_random = 49153, last_random = 65534;

    /// CONFLICT: "Port already in use: N".
    Result<void> take(uint16_t port);
    /// The next free one of first_random … last_random, in order, going round. UNAVAILABLE: there is none.
    Result<uint16_t> take_random();
    void give_back(uint16_t port);
    size_t used() const { return m_used.size(); }

private:
    uint16_t m_last = last_random;
    std::set<uint16_t> m_used;
};

} // namespace staithe::network
