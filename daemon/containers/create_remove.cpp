// Making and unmaking containers, in an order that a kill at any point leaves one there wholly or not at all:
// layer, directory, row – and back: row, layer, directory. What has no row is swept by a later daemon.
#include "daemon/containers/service.hpp"

#include <utility>

#include <staithe/cpp/undo.hpp>

#include "daemon/containers/remains.hpp"
#include "daemon/os/file.hpp"
#include "daemon/os/random.hpp"

namespace staithe::containers {

namespace {

    constexpr char port_warning[] =
        "The mapping to public ports on your host has been deprecated. Use -p to publish the ports.";

    bool maps_ports(std::vector<std::string> const& specs)
    {
        for (auto const& spec : specs)
            if (spec.find(':') != std::string::npos)
                return true;
        return false;
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
    std::string_view request_id, std::string const& name, api::ContainerConfig const& config)
{
    auto const image = m_context.images.find(config.image);
    if (!image)
        return no_image(config.image);
    api::CreatedContainer created;
    auto record = STAITHE_TRY(draft(config, *image, created.warnings));
    record.name = STAITHE_TRY(m_registry.reserve_name(name, record.id));
    drivers::Call const call { std::string(request_id) };
    auto made = materialize(call, record, image->layer);
    if (!made) {
        m_registry.release_name(record.name);
        return std::move(made.error());
    }
    created.id = record.id;
    m_registry.add(std::make_shared<Container>(m_context, std::move(record)));
    return created;
}

Result<store::ContainerRecord> Service::draft(
    api::ContainerConfig const& config, ImageSource::Found const& image, std::vector<std::string>& warnings) const
{
    store::ContainerRecord record;
    record.config = STAITHE_TRY(merge(config, image.config));
    auto program = STAITHE_TRY(program_of(record.config));
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
    record.host_config.privileged = config.privileged;
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

Result<void> Service::remove(std::string_view request_id, std::string_view name, bool)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    STAITHE_TRY(container->begin_removal());
    auto const record = container->record();
    if (has_remains(m_context, record.id))
        if (auto freed = free_remains(m_context, record); !freed) { // its processes may still use the files
            container->abandon_removal();
            return cannot("destroy", name, std::move(freed.error()));
        }
    auto removed = m_context.store.remove_container(record);
    if (!removed) {
        container->abandon_removal();
        return cannot("destroy", name, std::move(removed.error()));
    }
    m_registry.erase(*container);
    container->finish_removal();
    m_context.layers.discard({ std::string(request_id) }, record.storage_driver, record.id);
    m_context.background.run([this, id = record.id] { remove_directory(id); }); // it is nobody's any more
    return {};
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
