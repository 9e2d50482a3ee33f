#include "daemon/network/port_pool.hpp"

namespace staithe::network {

Result<void> PortPool::take(uint16_t port)
{
    if (!m_used.insert(port).second)
        return Error { STAITHE_CONFLICT, 0, "Port already in use: " + std::to_string(port) };
    return {};
}

Result<uint16_t> PortPool::take_random()
{
    for (int tried = 0; tried <= last_random - first_random; ++tried) {
        m_last = m_last >= last_random ? first_random : static_cast<uint16_t>(m_last + 1);
        if (m_used.insert(m_last).second)
            return m_last;
    }
    return Error { STAITHE_UNAVAILABLE, 0, "no port between 49153 and 65534 is free" };
}

void PortPool::give_back(uint16_t port)
{
    m_used.erase(port);
}

} // namespace staithe::network
