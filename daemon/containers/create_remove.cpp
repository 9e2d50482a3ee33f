// Making and unmaking containers, in an order that a kill at any point leaves one there wholly or not at all:
// layer, directory, row – and back: row, layer, directory. What has no row is swept by a later daemon.
#include "daemon/containers/service.hpp"

#include <algorithm>
#include <utility>

#include <staithe/cpp/undo.hpp>

#include "daemon/containers/bind.hpp"
#include "daemon/containers/generated_files.hpp"
#include "daemon/containers/remains.hpp"
#include "daemon/os/file.hpp"
#include "daemon/os/random.hpp"

namespace staithe::containers {

namespace {

    constexpr char port_warning[] =
        "The mapping to public ports on your host has been deprecated. Use -p to publish the ports.";

    constexpr char resolver_warning[] =
        "Docker detected local DNS server on resolv.conf. Using default external servers: "
        "[8.8.8.8 8.8.4.4]";

    bool maps_ports(std::vector<std::string> const& specs)
    {
        for (auto const& spec : specs)
            if (spec.find(':') != std::string::npos)
                return true;
        return false;
    }

    bool uses_public_servers(api::ContainerConfig const& config, std::vector<std::string> const& daemons)
    {
        bool const given = !daemons.empty() || (config.dns && !config.dns->empty());
        return !given && !config.network_disabled && is_local_resolver(host_resolv_conf());
    }

    bool has_control_character(std::string const& text)
    {
        return std::any_of(
            text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    }

    /// Volumes may not hide what every container has; names are written into files that have lines.
    Result<void> check_places_and_names(api::ContainerConfig const& config)
    {
        auto const bad = [](std::string const& what) { return Error { STAITHE_INVALID, 0, "Bad parameter: " + what }; };
        for (auto const& volume : config.volumes)
            if (!mount_target(volume))
                return bad("there can be no volume at '" + volume + "'");
        if (has_control_character(config.hostname) || has_control_character(config.domainname))
            return bad("the host name has a control character");
        for (auto const& server : config.dns.value_or(std::vector<std::string>()))
            if (has_control_character(server))
                return bad("a name server's address has a control character");
        return {};
    }

    Error no_image(std::string const& name)
    {
        size_t const colon = name.rfind(':');
        bool const tagged = colon != std::string::npos && name.find('/', colon) == std::string::npos;
        std::string const tag = tagged && colon + 1 < name.size() ? name.substr(colon + 1) : "latest";
        return { STAITHE_NOT_FOUND, 0, "No such image: " + name + " (tag: " + tag + ")" };
    }

} // namespace

Result<api::CreatedContainer> Service::create(
    std::string_view request_id, api::CreateOptions const& options, api::ContainerConfig const& config)
{
    auto const image = m_context.images.find(config.image);
    if (!image)
        return no_image(config.image);
    api::CreatedContainer created;
    auto record = STAITHE_TRY(draft(options, config, *image, created.warnings));
    record.name = STAITHE_TRY(m_registry.reserve_name(options.name, record.id));
    drivers::Call const call { std::string(request_id) };
    auto made = materialize(call, record, image->layer);
    if (!made) {
        m_registry.release_name(record.id);
        return std::move(made.error());
    }
    created.id = record.id;
    auto const container = std::make_shared<Container>(m_context, std::move(record));
    m_registry.add(container);
    record_event("create", *container);
    return created;
}

Result<store::ContainerRecord> Service::draft(api::CreateOptions const& options, api::ContainerConfig const& config,
    ImageSource::Found const& image, std::vector<std::string>& warnings) const
{
    store::ContainerRecord record;
    record.config =
        STAITHE_TRY(merge(config, image.config, options.publish_port_specs ? PortSpecs::Publish : PortSpecs::Expose));
    auto program = STAITHE_TRY(program_of(record.config));
    STAITHE_TRY(check_places_and_names(record.config));
    if (uses_public_servers(record.config, m_context.options.name_servers))
        warnings.emplace_back(resolver_warning);
    if (maps_ports(config.port_specs) || (image.config && maps_ports(image.config->port_specs)))
        warnings.emplace_back(port_warning);
    for (auto& warning : STAITHE_TRY(fit_to_host(record.config, m_context.options.host)))
        warnings.push_back(std::move(warning));
    record.id = os::random_hex(32);
    record.image = image.id;
    record.storage_driver = image.storage_driver;
    record.execution_driver = m_context.options.execution_driver;
    record.created_ns = os::real_time_ns();
    record.path = std::move(program.path);
    record.args = std::move(program.args);
    record.host_config = options.host_config.value_or(api::HostConfig());
    record.host_config.privileged |= config.privileged;
    record.publish_port_specs = options.publish_port_specs;
    if (record.config.hostname.empty())
        record.config.hostname = record.id.substr(0, 12);
    return record;
}

Result<void> Service::materialize(
    drivers::Call const& call, store::ContainerRecord const& record, std::string const& parent_layer)
{
    store::LayerRecord const layer { record.id, parent_layer, record.storage_driver, 0 };
    STAITHE_TRY(m_context.layers.create(call, layer, drivers::Writable::Yes));
    Undo undo;
    undo.push([&] { remove_bytes(call, record); });
    STAITHE_TRY(os::make_directory(m_context.directory_of(record.id)));
    STAITHE_TRY(m_context.store.add_container(record, layer));
    undo.dismiss();
    return {};
}

Result<void> Service::remove(std::string_view request_id, std::string_view name, bool remove_volumes)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    STAITHE_TRY(container->begin_removal());
    auto const record = container->record();
    if (has_remains(m_context, record.id))
        if (auto freed = free_remains(m_context, record); !freed) { // its processes may still use the files
            container->abandon_removal();
            return cannot("destroy", name, std::move(freed.error()));
        }
    std::vector<std::string> volumes;
    Result<void> removed;
    if (remove_volumes && record.volumes) {
        MutexLock use(m_context.volume_use);
        volumes = volumes_only_of(record);
        removed = forget(*container, record, volumes);
    } else {
        removed = forget(*container, record, {});
    }
    if (!removed) {
        container->abandon_removal();
        return cannot("destroy", name, std::move(removed.error()));
    }
    container->finish_removal();
    record_event("destroy", *container);
    m_context.layers.discard({ std::string(request_id) }, record.storage_driver, record.id);
    if (auto const gone = m_context.volumes.remove(volumes); !gone)
        m_context.log.warning("cannot remove the volumes of container '" + record.name
            + "', which will be tried again "
              "at the next start: "
            + gone.error().message);
    m_context.background.run([this, id = record.id] { remove_directory(id); }); // it is nobody's any more
    return {};
}

/// From the store, with these volumes in the same step, and from the registry.
Result<void> Service::forget(
    Container const& container, store::ContainerRecord const& record, std::vector<std::string> const& volumes)
{
    STAITHE_TRY(m_context.store.remove_container(record, volumes));
    m_registry.erase(container);
    return {};
}

/// Managed volumes of a container that no other has. Binds are the host's.
std::vector<std::string> Service::volumes_only_of(store::ContainerRecord const& record) const
{
    std::set<std::string> paths;
    for (auto const& [target, volume] : *record.volumes)
        paths.insert(volume.host_path);
    for (auto const& other : m_registry.all())
        if (other->id != record.id)
            other->read([&](store::ContainerRecord const& its) {
                for (auto const& [target, volume] : its.volumes.value_or(Volumes()))
                    paths.erase(volume.host_path);
            });
    std::vector<std::string> ids;
    for (auto const& path : paths)
        if (auto id = m_context.volumes.id_of(path); !id.empty())
            ids.push_back(std::move(id));
    return ids;
}

void Service::remove_bytes(drivers::Call const& call, store::ContainerRecord const& record)
{
    m_context.layers.discard({ call.request_id }, record.storage_driver, record.id);
    remove_directory(record.id);
}

void Service::remove_directory(std::string const& id)
{
    auto const parent = os::open_directory(m_context.options.directory);
    auto const removed = parent ? os::remove_tree(parent.value().get(), id) : Result<void>(parent.error());
    if (!removed)
        m_context.log.warning("cannot remove the directory of container '" + id + "': " + removed.error().message);
}

} // namespace staithe::containers
