#include "daemon/containers/port_spec.hpp"

#include <algorithm>
#include <charconv>

namespace staithe::containers {

std::optional<uint16_t> port_number(std::string_view text)
{
    uint16_t port = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(port) : std::nullopt;
}

std::optional<api::Protocol> protocol_of(std::string_view text)
{
    if (text == "tcp")
        return api::Protocol::Tcp;
    return text == "udp" ? std::optional(api::Protocol::Udp) : std::nullopt;
}

std::string key_of(api::Port const& port)
{
    return std::to_string(port.container_port) + (port.protocol == api::Protocol::Tcp ? "/tcp" : "/udp");
}

Result<PortSpec> parse_port_spec(std::string_view text)
{
    auto const invalid = [](char const* what, std::string_view value) {
        return Error { STAITHE_INVALID, 0, std::string(what) + std::string(value) };
    };
    size_t const slash = text.find('/');
    auto const address = text.substr(0, slash);
    auto const colons = std::count(address.begin(), address.end(), ':');
    if (colons > 2)
        return invalid(
            "Invalid format to parse.  ", std::string(text) + " should match template ip:hostPort:containerPort");
    size_t const last = address.rfind(':');
    auto const port = last == address.npos ? address : address.substr(last + 1);
    if (port.empty())
        return invalid("No port specified: ", text);
    auto const number = port_number(port);
    if (!number || *number == 0)
        return invalid("Invalid containerPort: ", port);
    PortSpec spec;
    spec.port = *number;
    spec.protocol = slash == text.npos ? "tcp" : text.substr(slash + 1);
    if (colons == 0)
        return spec;
    auto host = address.substr(0, last);
    if (colons == 2) {
        spec.host_ip = host.substr(0, host.find(':'));
        host.remove_prefix(host.find(':') + 1);
    }
    if (!host.empty() && !port_number(host))
        return invalid("Invalid hostPort: ", host);
    spec.host_port = host;
    return spec;
}

} // namespace staithe::containers
