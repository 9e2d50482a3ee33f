#include "daemon/daemon.hpp"

#include <unistd.h>

#include <set>
#include <utility>

#include "api/routes/routes.hpp"
#include "daemon/config/paths.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/os/file.hpp"
#include "daemon/os/kernel.hpp"
#include "daemon/os/lock_file.hpp"

namespace staithe {

namespace {

    constexpr std::chrono::milliseconds grace { 3000 };

    int32_t level_of(std::string const& name)
    {
        if (name == "debug")
            return STAITHE_DEBUG;
        if (name == "warning")
            return STAITHE_WARNING;
        return name == "error" ? STAITHE_ERROR : STAITHE_INFO;
    }

    containers::Options container_options(config::Config const& config, std::string boot_id)
    {
        containers::Options options;
        options.directory = config.state_dir + "/containers";
        options.execution_driver = config.execution_driver;
        options.boot_id = std::move(boot_id);
        options.log.segment_bytes = config.log_max_bytes;
        options.log.segments = static_cast<uint32_t>(config.log_segments);
        auto const limits = os::memory_limits();
        options.host = { limits.memory, limits.swap, os::forwards_ipv4 };
        options.name_servers = config.name_servers;
        options.restart = config.restart;
        return options;
    }

    network::Options network_options(config::Config const& config)
    {
        network::Options options;
        options.bridge = config.bridge;
        options.default_host_ip = config.default_host_ip;
        options.inter_container = config.inter_container;
        options.rules = config.network_rules;
        options.api_reachable = config.api_from_containers;
        for (auto const& host : config.hosts)
            if (uint16_t const port = config::port_of(host))
                options.api_ports.push_back(port);
        return options;
    }

    drivers::CatalogOptions catalog_options(config::Config const& config)
    {
        drivers::CatalogOptions options;
        options.directory = config.driver_dir;
        options.host_program = config.libexec_dir + "/staithe-driver-host";
        options.state_dir = config.state_dir + "/drivers";
        options.run_dir = config.run_dir + "/drivers";
        options.options = config.driver_options;
        options.allow_untrusted = config.trust_driver_dir;
        return options;
    }

} // namespace

/// What containers ask about images.
class Daemon::Images final : public containers::ImageSource {
public:
    explicit Images(images::Library& library)
        : m_library(library)
    {
    }
    std::optional<Found> find(std::string_view name) override
    {
        auto [image, pin] = m_library.pin(name);
        if (!image)
            return {};
        return Found { image->id, image->layer, image->storage_driver, image->config, std::move(pin) };
    }
    std::string display_name(std::string const& id) override { return m_library.display_name(id); }
    int64_t size(std::string const& id) override { return m_library.size(id); }
    Result<std::string> commit(std::string_view request_id, api::CommitRequest const& request,
        store::ContainerRecord const& container) override
    {
        return m_library.commit(request_id, request, { container.id, container.image, container.config });
    }

private:
    images::Library& m_library;
};

Daemon::Daemon(config::Config config, os::Log& log)
    : m_config(std::move(config))
    , m_log(log)
{
}

Daemon::~Daemon()
{
    if (m_server)
        m_server->stop(grace);
    if (m_containers)
        m_containers->shut_down();
    m_server.reset();
    m_keepers.reset(); // its thread tells the containers of exits, so it ends before they do
    if (m_state_lock)
        (void)::unlink(m_config.pid_file.c_str());
}

Result<std::unique_ptr<Daemon>> Daemon::create(config::Config config, os::Log& log)
{
    std::unique_ptr<Daemon> daemon(new Daemon(std::move(config), log));
    log.set_level(level_of(daemon->m_config.log_level));
    drivers::driver_deadline = std::chrono::seconds(daemon->m_config.driver_deadline);
    STAITHE_TRY(daemon->claim_directories());
    STAITHE_TRY(daemon->make_engine());
    daemon->make_system();
    STAITHE_TRY(daemon->make_server());
    return daemon;
}

Result<void> Daemon::claim_directories()
{
    STAITHE_TRY(os::make_directories(m_config.state_dir));
    STAITHE_TRY(os::make_directories(m_config.run_dir, Mode::directory()));
    STAITHE_TRY(os::make_directory(m_config.state_dir + "/drivers"));
    STAITHE_TRY(os::make_directory(m_config.run_dir + "/drivers"));
    m_state_lock = STAITHE_TRY_CONTEXT(
        os::lock_file(m_config.state_dir + "/lock"), "cannot use the state directory '" + m_config.state_dir + "'");
    return os::write_file(m_config.pid_file, std::to_string(::getpid()) + "\n", Mode::file());
}

Result<void> Daemon::make_engine()
{
    store::Contents contents;
    m_store = STAITHE_TRY(store::Store::open(m_config.state_dir, contents));
    for (auto const& damage : contents.damages)
        m_log.error("damaged state: " + damage);
    m_catalog = STAITHE_TRY(drivers::Catalog::create(catalog_options(m_config)));
    m_layers = std::make_unique<layers::Layers>(
        layers::LayersOptions { m_config.storage_driver, m_config.state_dir + "/drivers", m_store->identity() },
        *m_catalog, m_log, contents.layers);
    m_library = std::make_unique<images::Library>(
        images::Library::Needs { *m_store, *m_layers, *m_catalog, m_log, STAITHE_VERSION, m_config.state_dir,
            [this](std::string_view status, std::string const& id) { m_journal->record(status, id, {}); } },
        images::Library::Known { std::move(contents.images), std::move(contents.tags), contents.layers });
    m_images = std::make_unique<Images>(*m_library);
    STAITHE_TRY(make_surroundings(contents));
    return make_containers(std::move(contents));
}

/// What containers have around them.
Result<void> Daemon::make_surroundings(store::Contents const& contents)
{
    m_journal = STAITHE_TRY(events::Journal::create(*m_store, m_log));
    m_volumes =
        STAITHE_TRY(volumes::Volumes::create(m_config.state_dir + "/volumes", *m_store, contents.volumes, m_log));
    m_network =
        STAITHE_TRY_CONTEXT(network::Network::create(network_options(m_config), *m_store, contents.settings, m_log),
            "cannot set up the containers' network, which --bridge=none does without");
    return {};
}

Result<void> Daemon::make_containers(store::Contents contents)
{
    m_containers = std::make_unique<containers::Service>(
        containers::Service::Needs { container_options(m_config, STAITHE_TRY(os::boot_id())), *m_store, *m_layers,
            *m_catalog, *m_images, *m_network, *m_volumes, *m_journal, m_log },
        std::move(contents.containers), std::move(contents.links));
    m_library->set_users([this](std::string const& id) { return m_containers->registry().user_of_image(id); });
    auto const on_exit = [this](std::string const& id, rpc::keeper::ExitRecord const& end) {
        m_containers->on_exit(id, end);
    };
    m_keepers = STAITHE_TRY(
        drivers::Keepers::create({ m_config.libexec_dir + "/staithe-keeper", m_config.run_dir + "/keepers" }, on_exit));
    containers::Service::Known known { {}, std::move(contents.volumes) };
    for (auto const& layer : contents.layers)
        known.layers.insert(layer.id);
    return m_containers->recover(*m_keepers, known);
}

void Daemon::make_system()
{
    system::Facts facts;
    facts.version = { STAITHE_VERSION, STAITHE_COMMIT, "g++ " __VERSION__ };
    facts.execution_driver = m_config.execution_driver;
    facts.storage_driver = m_config.storage_driver;
    facts.root_dir = m_config.state_dir;
    facts.debug = [this] { return m_log.level() == STAITHE_DEBUG; };
    facts.containers = [this] { return m_containers->registry().size(); };
    facts.event_listeners = [this] { return m_journal->followers(); };
    facts.images = [this] { return m_library->count(); };
    m_system = std::make_unique<system::Service>(std::move(facts), *m_catalog);
}

http::ServerOptions Daemon::server_options() const
{
    http::ServerOptions options;
    options.listen = m_config.hosts;
    options.socket_group = m_config.socket_group;
    options.allow_plain_tcp = m_config.allow_plain_tcp;
    options.cors = m_config.cors;
    options.allowed_hosts = m_config.allowed_hosts;
    options.log = [this](int level, std::string_view message) { m_log.write(level, message); };
    return options;
}

Result<void> Daemon::make_server()
{
    http::Router router(routes::api_range());
    routes::add_container_routes(router, *m_containers, *m_library);
    routes::add_image_routes(router, *m_library, *m_containers);
    routes::add_event_routes(router, *m_journal);
    routes::add_system_routes(router, *m_system, *m_system);
    routes::add_driver_routes(router, *m_system);
    m_server = STAITHE_TRY(http::Server::create(server_options(), std::move(router)));
    return {};
}

void Daemon::reload(config::Config next)
{
    m_log.info("the configuration was read again");
    for (auto const* setting : config::differences(m_config, next)) {
        bool const now = setting->reload == config::Reload::Yes;
        m_log.info(std::string("'") + setting->name + "' is now '" + setting->get(next)
            + (now ? "'" : "' in the configuration; it needs a restart"));
    }
    if (next.driver_options != m_config.driver_options)
        m_log.info("the options of drivers have changed in the configuration; they need a restart");
    m_config.cors = next.cors;
    m_config.allowed_hosts = std::move(next.allowed_hosts);
    m_config.debug = next.debug;
    m_config.log_level = std::move(next.log_level);
    m_log.set_level(level_of(m_config.log_level));
    m_server->reload(server_options());
}

} // namespace staithe
