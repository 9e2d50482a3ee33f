#include "daemon/network/address_pool.hpp"

namespace staithe::network {

AddressPool::AddressPool(Subnet bridge)
    : m_bridge(bridge)
    , m_last(bridge.network().value + 1)
{
}

Result<Address> AddressPool::take()
{
    uint32_t const first = m_bridge.network().value + 2, end = m_bridge.broadcast().value;
    uint32_t const count = m_bridge.prefix < 31 ? end - first : 0;
    uint32_t candidate = m_last;
    for (uint32_t tried = 0; tried < count; ++tried) {
        candidate = candidate + 1 < end ? candidate + 1 : first;
        Address const address { candidate };
        if (address == m_bridge.address || !m_used.insert(address).second)
            continue;
        m_last = candidate;
        return address;
    }
    return Error { STAITHE_UNAVAILABLE, 0, "No unallocated IP available" };
}

void AddressPool::mark(Address address)
{
    m_used.insert(address);
}

void AddressPool::give_back(Address address)
{
    m_used.erase(address);
}

} // namespace staithe::network
