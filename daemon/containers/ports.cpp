#include "daemon/containers/ports.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <set>

#include "daemon/containers/port_spec.hpp"

namespace staithe::containers {

namespace {

    using Bindings = std::map<std::string, std::vector<api::PortBinding>>;

    bool before(api::Port const& left, api::Port const& right)
    {
        return std::pair(left.container_port, left.protocol) < std::pair(right.container_port, right.protocol);
    }

    Error invalid(char const* what, std::string const& value)
    {
        return { STAITHE_INVALID, 0, what + value };
    }

    bool is_ipv4(std::string const& text)
    {
        in_addr address;
        return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
    }

    /// Historic specs publish: "80" on any port, ":80" and "80:80" on that one.
    Result<void> add_specs(Bindings& bindings, std::vector<std::string> const& specs)
    {
        Bindings added;
        for (auto const& text : specs) {
            auto spec = STAITHE_TRY(parse_port_spec(text));
            if (text.front() == ':')
                spec.host_port = std::to_string(spec.port);
            if (auto const known = bindings.find(spec.key()); known == bindings.end() || known->second.empty())
                added[spec.key()].push_back({ std::move(spec.host_ip), std::move(spec.host_port) });
        }
        for (auto& [key, list] : added)
            bindings[key] = std::move(list);
        return {};
    }

    Result<network::PortRequest> request_for(std::string const& key, api::PortBinding const& binding)
    {
        auto const spec = STAITHE_TRY(parse_port_spec(key));
        auto const protocol = protocol_of(spec.protocol);
        if (!protocol)
            return Error { STAITHE_INVALID, 0, "Invalid port format: unknown protocol " + spec.protocol + "." };
        if (!binding.host_ip.empty() && !is_ipv4(binding.host_ip))
            return invalid("Invalid hostIp: ", binding.host_ip);
        auto const host_port = binding.host_port.empty() ? uint16_t { 0 } : port_number(binding.host_port);
        if (!host_port)
            return invalid("Invalid hostPort: ", binding.host_port);
        return network::PortRequest { *protocol, spec.port, binding.host_ip, *host_port };
    }

} // namespace

std::vector<api::Port> exposed_ports(api::ContainerConfig const& config)
{
    std::vector<api::Port> ports;
    for (auto const& key : config.exposed_ports) {
        auto const spec = parse_port_spec(key);
        auto const protocol = spec ? protocol_of(spec.value().protocol) : std::nullopt;
        if (protocol)
            ports.push_back({ *protocol, spec.value().port, {}, 0 });
    }
    std::sort(ports.begin(), ports.end(), before);
    return ports;
}

Result<std::vector<network::PortRequest>> port_requests(store::ContainerRecord const& record)
{
    Bindings bindings = record.host_config.port_bindings;
    if (record.publish_port_specs)
        STAITHE_TRY(add_specs(bindings, record.config.port_specs));
    if (record.host_config.publish_all_ports)
        for (auto const& port : exposed_ports(record.config))
            if (auto& list = bindings[key_of(port)]; list.empty())
                list.emplace_back();
    std::vector<network::PortRequest> requests;
    for (auto const& [key, list] : bindings)
        for (auto const& binding : list)
            requests.push_back(STAITHE_TRY(request_for(key, binding)));
    return requests;
}

void remember_ports(api::HostConfig& host_config, std::vector<api::Port> const& published)
{
    std::map<std::string, std::vector<api::PortBinding>> chosen;
    for (auto const& port : published)
        chosen[key_of(port)].push_back({ port.host_ip, std::to_string(port.host_port) });
    std::erase_if(host_config.port_bindings, [&](auto const& binding) { // "80" is "80/tcp"
        auto const spec = parse_port_spec(binding.first);
        return spec && chosen.contains(spec.value().key());
    });
    host_config.port_bindings.merge(chosen);
}

std::vector<api::Port> visible_ports(store::ContainerRecord const& record)
{
    if (record.network.ip_address.empty())
        return {};
    auto ports = record.network.ports;
    std::set<std::string> published;
    for (auto const& port : ports)
        published.insert(key_of(port));
    for (auto const& port : exposed_ports(record.config))
        if (!published.contains(key_of(port)))
            ports.push_back(port);
    std::stable_sort(ports.begin(), ports.end(), before);
    return ports;
}

} // namespace staithe::containers
