#include "daemon/network/elements.hpp"

#include <netinet/in.h>

namespace staithe::network {

namespace {

    std::string join(std::initializer_list<std::string> parts)
    {
        std::string result;
        for (auto const& part : parts)
            result += (result.empty() ? "" : " . ") + part;
        return result;
    }

    std::string number(api::Protocol protocol)
    {
        return std::to_string(protocol == api::Protocol::Udp ? IPPROTO_UDP : IPPROTO_TCP);
    }

} // namespace

Elements published_elements(api::Protocol protocol, Address host, uint16_t host_port, Address container,
    uint16_t container_port, bool separated)
{
    std::string const port = std::to_string(host_port);
    std::string const target = " : " + join({ container.text(), std::to_string(container_port) });
    Elements result;
    if (host.is_any())
        result.push_back({ "inet staithe everywhere", join({ number(protocol), port }) + target });
    else
        result.push_back({ "inet staithe somewhere", join({ host.text(), number(protocol), port }) + target });
    // A port that is published on the host's loopback only is none of the other containers' business.
    if (separated && !host.is_loopback())
        result.push_back({ "bridge staithe published",
            join({ container.text(), number(protocol), std::to_string(container_port) }) });
    return result;
}

Elements link_elements(Address parent, Address child, api::Protocol protocol, uint16_t port)
{
    std::string const value = join({ parent.text(), child.text(), number(protocol), std::to_string(port) });
    return { { "inet staithe links", value }, { "bridge staithe links", value } };
}

} // namespace staithe::network
