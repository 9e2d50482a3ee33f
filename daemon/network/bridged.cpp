#include "daemon/network/bridged.hpp"

#include <algorithm>

#include <staithe/cpp/undo.hpp>

#include "daemon/network/elements.hpp"
#include "daemon/network/link.hpp"
#include "daemon/network/reservation.hpp"
#include "daemon/network/ruleset.hpp"
#include "daemon/network/sysctl.hpp"
#include "daemon/os/random.hpp"

namespace staithe::network {

namespace {

    // "stv", the beginning of the container's id, and chance: an earlier run's pair may still be about to vanish.
    constexpr size_t id_digits = 8, chance_bytes = 2;

    std::string pair_name(std::string const& container)
    {
        return pair_prefix + container.substr(0, id_digits) + os::random_hex(chance_bytes);
    }

    bool is_container_id(std::string const& text)
    {
        return text.size() >= id_digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
    }

    bool bridge_netfilter()
    {
        auto const value = read_sysctl("bridge/bridge-nf-call-iptables");
        return value && value.value() == "1";
    }

    bool by_container_port(api::Port const& a, api::Port const& b)
    {
        return std::pair(a.container_port, a.protocol) < std::pair(b.container_port, b.protocol);
    }

    Address host_address(api::Port const& port)
    {
        auto const parsed = Address::parse(port.host_ip);
        return parsed ? parsed.value() : Address();
    }

    std::string definition(Options const& options, Bridge const& bridge, std::string const& signature)
    {
        return removal("inet") + (options.inter_container ? "" : removal("bridge"))
            + ruleset(options, bridge, signature);
    }

} // namespace

Result<std::unique_ptr<Network>> Bridged::create(UniqueFd claim, Options options, Bridge bridge, os::Log& log)
{
    auto name_spaces = STAITHE_TRY(NameSpaces::create());
    std::unique_ptr<Table> table;
    std::string const signature = "staithed" + os::random_hex(8);
    if (options.rules)
        table = STAITHE_TRY(Table::create(definition(options, bridge, signature)));
    bool const rules = options.rules;
    std::unique_ptr<Bridged> network(new Bridged(
        std::move(claim), std::move(options), std::move(bridge), log, std::move(name_spaces), std::move(table)));
    if (rules)
        network->m_watch = STAITHE_TRY(TableWatch::create(signature, [raw = network.get()] { raw->restore_table(); }));
    return std::unique_ptr<Network>(std::move(network));
}

Bridged::Bridged(UniqueFd claim, Options options, Bridge bridge, os::Log& log, std::unique_ptr<NameSpaces> name_spaces,
    std::unique_ptr<Table> table)
    : m_claim(std::move(claim))
    , m_options(std::move(options))
    , m_bridge(std::move(bridge))
    , m_log(log)
    , m_name_spaces(std::move(name_spaces))
    , m_table(std::move(table))
    , m_flows(log)
    , m_addresses(m_bridge.subnet)
{
}

PortPool& Bridged::pool(api::Protocol protocol)
{
    return protocol == api::Protocol::Udp ? m_udp : m_tcp;
}

Result<Endpoint> Bridged::connect(std::string const& container, std::vector<PortRequest> const& requests)
{
    STAITHE_TRY(claim(container));
    Undo undo;
    undo.push([&] { disconnect(container); });
    Member member;
    {
        MutexLock lock(m_mutex);
        member.address = STAITHE_TRY(m_addresses.take());
    }
    Undo undo_member;
    undo_member.push([&] { give_back(member); });
    for (auto const& request : requests)
        STAITHE_TRY(publish(member, request));
    Endpoint endpoint;
    endpoint.name_space = STAITHE_TRY(plug_in(container, member.address));
    if (m_table)
        STAITHE_TRY(m_table->add(elements_of(member)));
    undo_member.dismiss();
    undo.dismiss();

    endpoint.state = { member.address.text(), m_bridge.subnet.address.text(), m_bridge.name, m_bridge.subnet.prefix,
        {} };
    for (auto const& published : member.published) {
        endpoint.state.ports.push_back(published.port);
        if (published.port.protocol == api::Protocol::Udp)
            m_flows.led_to(published.port.host_port, { member.address, published.port.container_port });
    }
    std::stable_sort(endpoint.state.ports.begin(), endpoint.state.ports.end(), by_container_port);
    MutexLock lock(m_mutex);
    m_members[container] = std::move(member);
    return endpoint;
}

Result<void> Bridged::claim(std::string const& container)
{
    if (!is_container_id(container))
        return Error { STAITHE_INVALID, 0, "'" + container + "' is not a container's id" };
    MutexLock lock(m_mutex);
    if (!m_members.try_emplace(container).second)
        return Error { STAITHE_EXISTS, 0, "container '" + container + "' is connected already" };
    return {};
}

Result<void> Bridged::publish(Member& member, PortRequest const& request)
{
    if (!m_table) {
        m_log.warning("port " + std::to_string(request.container_port)
            + " of a container is not published: the daemon runs without nftables rules");
        return {};
    }
    std::string const host_ip = request.host_ip.empty() ? m_options.default_host_ip : request.host_ip;
    Address const address = STAITHE_TRY_CONTEXT(Address::parse(host_ip), "cannot publish a port");
    api::Port port { request.protocol, request.container_port, address.text(), request.host_port };
    if (request.host_port == 0) {
        member.published.push_back(STAITHE_TRY(reserve_random(port)));
        return {};
    }
    {
        MutexLock lock(m_mutex);
        STAITHE_TRY(pool(request.protocol).take(request.host_port));
    }
    // From here on the port is the member's, and given back with it.
    member.published.push_back({ port, {} });
    member.published.back().reservation = STAITHE_TRY(reserve(request.protocol, address, request.host_port));
    return {};
}

Result<Bridged::Published> Bridged::reserve_random(api::Port port)
{
    Address const address = host_address(port);
    for (int tried = PortPool::first_random; tried <= PortPool::last_random; ++tried) {
        MutexLock lock(m_mutex);
        port.host_port = STAITHE_TRY(pool(port.protocol).take_random());
        auto reservation = reserve(port.protocol, address, port.host_port);
        if (reservation)
            return Published { port, std::move(reservation).value() };
        pool(port.protocol).give_back(port.host_port);
        if (reservation.error().sys_errno != EADDRINUSE)
            return std::move(reservation.error());
    }
    return Error { STAITHE_UNAVAILABLE, 0, "other programs have every port between 49153 and 65534" };
}

Result<UniqueFd> Bridged::plug_in(std::string const& container, Address address)
{
    auto name_space = STAITHE_TRY(m_name_spaces->take());
    auto netlink = STAITHE_TRY(Netlink::open(NETLINK_ROUTE));
    // With bridge netfilter a container's packet to its own published port is redirected within the bridge.
    Pair const pair { pair_name(container), m_bridge.index, name_space.fd.get(), address, bridge_netfilter() };
    auto made = make_pair(netlink, pair);
    if (!made && made.error().sys_errno == EEXIST) { // the last run's: the kernel takes its time to end a namespace
        (void)remove_interface(netlink, pair.name);
        made = make_pair(netlink, pair);
    }
    STAITHE_TRY(made);
    STAITHE_TRY(configure_eth0(name_space.netlink, { address, m_bridge.subnet.prefix }, m_bridge.subnet.address));
    return std::move(name_space.fd);
}

void Bridged::disconnect(std::string const& container)
{
    Member member;
    Elements links;
    {
        MutexLock lock(m_mutex);
        auto found = m_members.extract(container);
        if (found.empty())
            return;
        member = std::move(found.mapped());
        // Links of others to it end too: the address may become somebody else's.
        links = take_links(member.address);
    }
    if (m_table) {
        auto gone = elements_of(member);
        for (auto const& allowed : member.allowed)
            gone.insert(gone.end(), allowed.elements.begin(), allowed.elements.end());
        gone.insert(gone.end(), links.begin(), links.end());
        remove_from_table(gone);
        // Known traffic passes no rule: it would go on to whoever has the address next.
        for (auto const& published : member.published)
            if (published.port.protocol == api::Protocol::Udp)
                m_flows.led_away(published.port.host_port, { member.address, published.port.container_port });
    }
    give_back(member);
}

Elements Bridged::take_links(Address child)
{
    Elements taken;
    for (auto& [id, other] : m_members) {
        auto const part = std::stable_partition(
            other.allowed.begin(), other.allowed.end(), [&](Allowed const& allowed) { return allowed.child != child; });
        for (auto one = part; one != other.allowed.end(); ++one)
            taken.insert(taken.end(), one->elements.begin(), one->elements.end());
        other.allowed.erase(part, other.allowed.end());
    }
    return taken;
}

void Bridged::give_back(Member& member)
{
    // Before the port can be anybody else's.
    for (auto& published : member.published)
        published.reservation.reset();
    MutexLock lock(m_mutex);
    m_addresses.give_back(member.address);
    for (auto const& published : member.published)
        pool(published.port.protocol).give_back(published.port.host_port);
}

Elements Bridged::elements_of(Member const& member) const
{
    Elements result;
    for (auto const& [port, reservation] : member.published) {
        auto const elements = published_elements(port.protocol, host_address(port), port.host_port, member.address,
            port.container_port, !m_options.inter_container);
        result.insert(result.end(), elements.begin(), elements.end());
    }
    return result;
}

void Bridged::remove_from_table(Elements const& elements)
{
    auto const changed = m_table->remove(elements);
    if (!changed)
        m_log.warning(changed.error().message);
}

void Bridged::adopt(std::string const& container, api::NetworkState const& state)
{
    auto const address = Address::parse(state.ip_address);
    if (!address) {
        m_log.warning("container '" + container + "' has no address that could be adopted");
        return;
    }
    Member member;
    member.address = address.value();
    MutexLock lock(m_mutex);
    if (m_members.contains(container))
        return;
    m_addresses.mark(member.address);
    for (auto const& port : state.ports) {
        if (!m_table || port.host_port == 0)
            continue;
        auto const taken = pool(port.protocol).take(port.host_port);
        if (!taken) {
            m_log.warning("container '" + container + "': " + taken.error().message);
            continue;
        }
        auto reservation = reserve(port.protocol, host_address(port), port.host_port);
        if (!reservation)
            m_log.warning("container '" + container + "': " + reservation.error().message);
        member.published.push_back({ port, reservation ? std::move(reservation).value() : UniqueFd() });
    }
    if (m_table)
        (void)m_table->add(elements_of(member));
    m_members.emplace(container, std::move(member));
}

void Bridged::adopted_all()
{
    // What another setting left behind.
    if (m_options.inter_container || !m_table)
        run_and_forget("delete table bridge staithe");
    if (!m_table)
        run_and_forget("delete table inet staithe");
    if (m_table) {
        auto const rebuilt = m_table->rebuild();
        if (!rebuilt)
            m_log.error(rebuilt.error().message);
    }
    sweep_pairs();
}

void Bridged::sweep_pairs()
{
    auto netlink = Netlink::open(NETLINK_ROUTE);
    auto const ports = netlink ? ports_of(netlink.value(), m_bridge.index) : netlink.error();
    if (!ports) {
        m_log.warning(ports.error().message);
        return;
    }
    std::set<std::string> owners;
    {
        MutexLock lock(m_mutex);
        for (auto const& [container, member] : m_members)
            owners.insert(pair_prefix + container.substr(0, id_digits));
    }
    for (auto const& port : ports.value()) {
        bool const ours = port.kind == "veth" && port.name.starts_with(pair_prefix);
        if (!ours || owners.contains(port.name.substr(0, sizeof pair_prefix - 1 + id_digits)))
            continue;
        auto const removed = remove_interface(netlink.value(), port.name);
        if (removed)
            m_log.info("removed interface '" + port.name + "', which no container uses");
    }
}

Result<void> Bridged::link(std::string const& parent, Link const& link)
{
    if (m_options.inter_container || !m_table)
        return {};
    Allowed allowed { STAITHE_TRY(Address::parse(link.parent_ip)), STAITHE_TRY(Address::parse(link.child_ip)), {} };
    for (auto const& port : link.ports) {
        auto const elements = link_elements(allowed.parent, allowed.child, port.protocol, port.container_port);
        allowed.elements.insert(allowed.elements.end(), elements.begin(), elements.end());
    }
    // Before and after: a container that ended in between took only the links that it could see.
    {
        MutexLock lock(m_mutex);
        STAITHE_TRY(check_ends(parent, allowed.child));
    }
    STAITHE_TRY(m_table->add(allowed.elements));
    auto kept = keep_link(parent, allowed);
    if (!kept)
        remove_from_table(allowed.elements);
    return kept;
}

Result<void> Bridged::keep_link(std::string const& parent, Allowed const& allowed)
{
    MutexLock lock(m_mutex);
    STAITHE_TRY(check_ends(parent, allowed.child));
    m_members[parent].allowed.push_back(allowed);
    return {};
}

/// An address that nobody has any more may be a stranger's next.
Result<void> Bridged::check_ends(std::string const& parent, Address child) const
{
    if (!m_members.contains(parent))
        return Error { STAITHE_NOT_FOUND, 0, "container '" + parent + "' is not connected" };
    auto const has_it = [&](auto const& member) { return member.second.address == child; };
    if (std::none_of(m_members.begin(), m_members.end(), has_it))
        return Error { STAITHE_NOT_FOUND, 0, "the linked container at " + child.text() + " has ended" };
    return {};
}

void Bridged::unlink(std::string const& parent, Link const& link)
{
    auto const child = Address::parse(link.child_ip);
    if (!m_table || !child)
        return;
    Elements gone;
    {
        MutexLock lock(m_mutex);
        auto const found = m_members.find(parent);
        if (found == m_members.end())
            return;
        // Links to one child are alike, whatever their aliases.
        auto& allowed = found->second.allowed;
        auto const one = std::find_if(
            allowed.begin(), allowed.end(), [&](Allowed const& candidate) { return candidate.child == child.value(); });
        if (one == allowed.end())
            return;
        gone = std::move(one->elements);
        allowed.erase(one);
    }
    remove_from_table(gone);
}

void Bridged::restore_table()
{
    auto const restored = m_table->restore();
    if (restored)
        m_log.warning("another program changed the nftables table 'staithe'; it is restored");
    else
        m_log.error(restored.error().message);
}

} // namespace staithe::network
