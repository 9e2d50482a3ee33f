// Clients that attached before their container runs: kept with the bytes they sent early, until a start takes them.
#pragma once

#include <vector>

#include "daemon/drivers/keepers.hpp"

namespace staithe::containers {

/// Not thread-safe: lives under its container's lock.
class Parking {
public:
    static constexpr size_t capacity = 64;

    /// Is there room, after those who hung up have been dropped?
    bool has_room();
    void park(drivers::Client);
    /// Everybody who is still there.
    std::vector<drivers::Client> take();
    size_t size() const { return m_clients.size(); }

private:
    void prune();
    std::vector<drivers::Client> m_clients;
};

} // namespace staithe::containers
