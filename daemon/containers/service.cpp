#include "daemon/containers/service.hpp"

#include <algorithm>
#include <utility>

#include "daemon/containers/generated_files.hpp"
#include "daemon/containers/ports.hpp"

namespace staithe::containers {

namespace {

    std::string command_line(store::ContainerRecord const& record)
    {
        std::string line = record.path + " ";
        for (size_t i = 0; i < record.args.size(); ++i)
            line.append(i ? " " : "").append(record.args[i]);
        return line;
    }

} // namespace

Error cannot(std::string_view verb, std::string_view name, Error cause)
{
    return std::move(cause).with_context("Cannot " + std::string(verb) + " container " + std::string(name));
}

Service::Service(Needs needs, std::vector<store::ContainerRecord> records, std::vector<store::NameRecord> links)
    : m_context { std::move(needs.options), needs.store, needs.layers, needs.catalog, needs.images, needs.network,
        needs.volumes, needs.journal, needs.log }
{
    m_context.registry = &m_registry;
    auto const shorter = [](auto const& left, auto const& right) { return left.size() < right.size(); };
    std::sort(records.begin(), records.end(), // parents before "/parent/child"
        [&](auto const& left, auto const& right) { return shorter(left.name, right.name); });
    for (auto& record : records)
        m_registry.add(std::make_shared<Container>(m_context, std::move(record)));
    for (auto const& row : links)
        if (!m_registry.link(row)) // one of the two was removed when an earlier daemon was killed
            if (auto const removed = m_context.store.remove_link(row.path); !removed)
                m_context.log.warning("cannot remove link '" + row.path + "': " + removed.error().message);
}

Service::~Service() = default;

void Service::shut_down()
{
    m_context.background.stop();
    for (auto const& container : m_registry.all())
        container->forget_clients();
}

Result<std::vector<api::ContainerSummary>> Service::list(api::ContainerFilter const& filter)
{
    auto const id_of = [&](std::string const& name) {
        auto const found = name.empty() ? Result<ContainerPtr>(ContainerPtr()) : m_registry.find(name);
        return found && found.value() ? found.value()->id : std::string();
    };
    std::string const since = id_of(filter.since), before = id_of(filter.before);
    bool const stopped_too = filter.all || filter.limit || !filter.since.empty() || !filter.before.empty();
    bool passed_before = filter.before.empty();
    drivers::Call const sizing { "list" }; // one deadline for all, however many there are
    std::vector<api::ContainerSummary> records;
    for (auto const& container : m_registry.all()) {
        if (!passed_before) {
            passed_before = container->id == before;
            continue;
        }
        if (filter.limit && *filter.limit >= 0 && records.size() >= static_cast<size_t>(*filter.limit))
            break;
        if (container->id == since)
            break;
        bool const running = container->read([](auto const& record) { return record.state.running; });
        if (running || stopped_too)
            records.push_back(summarize(*container, filter.size ? &sizing : nullptr));
    }
    return records;
}

api::ContainerSummary Service::summarize(Container const& container, drivers::Call const* sizing)
{
    api::ContainerSummary summary;
    std::string image, driver;
    container.read([&](store::ContainerRecord const& record) {
        summary.id = record.id;
        summary.command = command_line(record);
        summary.created_ns = record.created_ns;
        summary.state = record.state;
        if (record.state.running)
            summary.ports = visible_ports(record);
        image = record.image;
        driver = record.storage_driver;
    });
    summary.names = m_registry.paths_to(summary.id);
    summary.image = m_context.images.display_name(image);
    if (!sizing)
        return summary;
    if (auto const storage = m_context.layers.driver(driver))
        if (auto const bytes = storage.value()->usage(*sizing, summary.id))
            summary.size_rw = static_cast<int64_t>(bytes.value());
    if (summary.state.running)
        summary.size_root = summary.size_rw + m_context.images.size(image);
    return summary;
}

Result<api::ContainerDetails> Service::inspect(std::string_view name)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    api::ContainerDetails details;
    container->read([&](store::ContainerRecord const& record) {
        details.id = record.id, details.created_ns = record.created_ns;
        details.path = record.path, details.args = record.args;
        details.config = record.config, details.host_config = record.host_config;
        details.state = record.state, details.image_id = record.image, details.name = record.name;
        details.exec_driver = record.execution_driver, details.storage_driver = record.storage_driver;
        details.volumes = record.volumes;
        if (record.state.running) {
            details.network = record.network;
            details.network.ports = visible_ports(record);
        }
    });
    auto files = generated_files(m_context.directory_of(details.id));
    details.hosts_path = std::move(files.hosts), details.hostname_path = std::move(files.hostname);
    details.resolv_conf_path = std::move(files.resolv_conf);
    return details;
}

Result<void> Service::start(std::string_view request_id, std::string_view name, api::HostConfig const* host_config)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    STAITHE_TRY(check_start(*container, host_config));
    auto started = container->start(request_id, host_config, Announce::Yes);
    return started ? Result<void>() : cannot("start", name, std::move(started.error()));
}

Result<void> Service::stop(std::string_view request_id, std::string_view name, int seconds)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    if (auto stopped = container->stop(request_id, seconds); !stopped)
        return cannot("stop", name, std::move(stopped.error()));
    record_event("stop", *container);
    return {};
}

Result<void> Service::restart(std::string_view request_id, std::string_view name, int seconds)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    auto restarted = container->stop(request_id, seconds);
    if (restarted)
        restarted = container->start(request_id, nullptr, Announce::No);
    // EALREADY: another restart at the same time has done it.
    if (!restarted && restarted.error().sys_errno != EALREADY)
        return cannot("restart", name, std::move(restarted.error()));
    record_event("restart", *container);
    return {};
}

Result<void> Service::kill(std::string_view request_id, std::string_view name, int signal)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    if (auto killed = container->kill(request_id, signal); !killed)
        return cannot("kill", name, std::move(killed.error()));
    if (signal == 0)
        record_event("kill", *container);
    return {};
}

void Service::record_event(std::string_view status, Container const& container)
{
    m_context.journal.record(status, container.id, m_context.images.display_name(container.image));
}

Result<void> Service::resize(std::string_view request_id, std::string_view name, uint32_t height, uint32_t width)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    return container->resize(request_id, height, width);
}

Result<Service::Withdraw> Service::wait(std::string_view name, std::function<void(int)> done)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    return container->wait(std::move(done));
}

Result<void> Service::attach(std::string_view request_id, std::string_view name, api::AttachOptions const& options,
    std::function<Result<api::ClientStream>()> const& take_over)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    auto const arrival = STAITHE_TRY(container->admit());
    auto stream = STAITHE_TRY(take_over());
    if (!options.logs && !options.stream)
        return {}; // the connection closes with `stream`
    bool const tty = container->read([](store::ContainerRecord const& record) { return record.config.tty; });
    drivers::Client client;
    client.how = { options.logs, options.stream, options.in, options.out, options.err, options.framed && !tty,
        options.half_close, std::move(stream.early) };
    client.socket = std::move(stream.socket);
    container->attach(request_id, std::move(client));
    return {};
}

} // namespace staithe::containers
