#include "daemon/images/build_cache.hpp"

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace staithe::images {

namespace {

    using List = std::optional<std::vector<std::string>>;

    bool same(List const& a, List const& b)
    {
        return a.value_or(std::vector<std::string>()) == b.value_or(std::vector<std::string>());
    }

    /// "[[ip:]port:]80[/udp]" exposes "80/udp".
    std::set<std::string> exposed(api::ContainerConfig const& config)
    {
        auto ports = config.exposed_ports;
        for (auto const& spec : config.port_specs) {
            auto const port = spec.substr(spec.rfind(':') + 1);
            ports.insert(port.find('/') == std::string::npos ? port + "/tcp" : port);
        }
        return ports;
    }

    bool same_ports(api::ContainerConfig const& a, api::ContainerConfig const& b)
    {
        if (a.port_specs == b.port_specs)
            return a.exposed_ports == b.exposed_ports;
        return (a.port_specs.empty() || b.port_specs.empty()) && exposed(a) == exposed(b);
    }

    auto values(api::ContainerConfig const& c)
    {
        return std::tie(c.attach_stdout, c.attach_stderr, c.user, c.memory, c.memory_swap, c.cpu_shares, c.tty,
            c.volumes_from, c.volumes);
    }

} // namespace

bool same_step(api::ContainerConfig const& a, api::ContainerConfig const& b)
{
    if (a.open_stdin || b.open_stdin)
        return false;
    return values(a) == values(b) && same(a.command, b.command) && same(a.entrypoint, b.entrypoint)
        && same(a.env, b.env) && same(a.dns, b.dns) && same_ports(a, b);
}

} // namespace staithe::images
