#include "daemon/containers/parking.hpp"

#include <poll.h>

#include <utility>

namespace staithe::containers {

bool Parking::has_room()
{
    prune();
    return m_clients.size() < capacity;
}

void Parking::park(drivers::Client client)
{
    prune();
    m_clients.push_back(std::move(client));
}

std::vector<drivers::Client> Parking::take()
{
    prune();
    return std::exchange(m_clients, {});
}

/// Only a full hang-up counts: a client that attaches without stdin shuts its own side down at once and still listens.
void Parking::prune()
{
    std::erase_if(m_clients, [](drivers::Client const& client) {
        pollfd socket { client.socket.get(), 0, 0 };
        return ::poll(&socket, 1, 0) > 0 && (socket.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
    });
}

} // namespace staithe::containers
