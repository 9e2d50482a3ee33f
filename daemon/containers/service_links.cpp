// Links between containers: checking those that a start asks for, taking one away, and their rules after a restart.
#include "daemon/containers/service.hpp"

#include <utility>

#include "daemon/containers/bind.hpp"
#include "daemon/containers/link.hpp"
#include "daemon/containers/ports.hpp"

namespace staithe::containers {

namespace {

    /// What the network allows for a link while both run; nothing: one of them does not, or has no network.
    std::optional<network::Link> rule_of(Container const& parent, Container const& child)
    {
        network::Link link;
        auto const address = [](store::ContainerRecord const& record) {
            return record.state.running ? record.network.ip_address : std::string();
        };
        link.parent_ip = parent.read(address);
        link.child_ip = child.read(address);
        link.ports = child.read([](store::ContainerRecord const& record) { return exposed_ports(record.config); });
        return link.parent_ip.empty() || link.child_ip.empty() ? std::nullopt : std::optional(std::move(link));
    }

} // namespace

/// What clients are told without "Cannot start container".
Result<void> Service::check_start(Container const& container, api::HostConfig const* given) const
{
    auto const [busy, stored] = container.read([](store::ContainerRecord const& record) {
        return std::pair(record.state.running, record.run == 0 ? record.host_config : api::HostConfig());
    });
    if (busy)
        return {}; // the start itself says so
    auto const& host_config = given ? *given : stored;
    for (auto const& text : host_config.links) {
        auto const link = STAITHE_TRY(parse_link(text));
        STAITHE_TRY(m_registry.named(link.name));
    }
    return check_bind_sources(host_config.binds);
}

Result<void> Service::remove_link(std::string_view, std::string_view name)
{
    std::string const path = (name.starts_with('/') ? "" : "/") + std::string(name);
    size_t const last = path.rfind('/');
    auto const parent = m_registry.named(path.substr(0, last));
    auto const child = m_registry.unlink(path);
    if (!child && m_registry.find(name))
        return Error { STAITHE_CONFLICT, 0, "Conflict, cannot remove the default name of the container" };
    if (!child || !parent)
        return Error { STAITHE_NOT_FOUND, 0, "No such link: " + std::string(name) };
    store::NameRecord const row { parent.value()->name + path.substr(last), child->id };
    if (auto removed = m_context.store.remove_link(row.path); !removed) {
        (void)m_registry.link(row);
        return removed;
    }
    if (auto const rule = rule_of(*parent.value(), *child))
        m_context.network.unlink(parent.value()->id, *rule);
    return {};
}

/// Of containers that were found running.
void Service::allow_links_again()
{
    for (auto const& parent : m_registry.all())
        for (auto const& [path, child] : m_registry.children_of(parent->id))
            if (auto const rule = rule_of(*parent, *child))
                if (auto const allowed = m_context.network.link(parent->id, *rule); !allowed)
                    m_context.log.error("cannot allow link '" + path + "' again: " + allowed.error().message);
}

} // namespace staithe::containers
