// The composition root: makes the rooms in their order, joins them, and takes them apart again.
#pragma once

#include <memory>
#include <string>

#include <staithe/cpp/unique_fd.hpp>

#include "api/http/server.hpp"
#include "daemon/config/config.hpp"
#include "daemon/containers/service.hpp"
#include "daemon/drivers/catalog.hpp"
#include "daemon/drivers/keepers.hpp"
#include "daemon/events/journal.hpp"
#include "daemon/images/library.hpp"
#include "daemon/layers/layers.hpp"
#include "daemon/network/network.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"
#include "daemon/system/service.hpp"
#include "daemon/volumes/volumes.hpp"

namespace staithe {

class Daemon {
public:
    /// Everything but the sockets' first connection: state read, containers found again, addresses bound. STAITHE_BUSY:
    /// another daemon uses the state directory.
    static Result<std::unique_ptr<Daemon>> create(config::Config, os::Log&);
    /// Stops serving; containers go on running.
    ~Daemon();
    Daemon(Daemon const&) = delete;
    Daemon& operator=(Daemon const&) = delete;

    Result<void> start() { return m_server->start(); }
    /// Applies what may change while the daemon runs, and logs what did and what needs a restart.
    void reload(config::Config);

private:
    class Images;

    Daemon(config::Config, os::Log&);
    Result<void> claim_directories();
    Result<void> make_engine();
    Result<void> make_surroundings(store::Contents const&);
    Result<void> make_containers(store::Contents);
    Result<void> make_server();
    void make_system();
    http::ServerOptions server_options() const;

    config::Config m_config;
    os::Log& m_log;
    UniqueFd m_state_lock;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<events::Journal> m_journal;
    std::unique_ptr<drivers::Catalog> m_catalog;
    std::unique_ptr<layers::Layers> m_layers;
    std::unique_ptr<images::Library> m_library;
    std::unique_ptr<Images> m_images;
    std::unique_ptr<network::Network> m_network;
    std::unique_ptr<volumes::Volumes> m_volumes;
    std::unique_ptr<containers::Service> m_containers;
    std::unique_ptr<drivers::Keepers> m_keepers;
    std::unique_ptr<system::Service> m_system;
    std::unique_ptr<http::Server> m_server;
};

} // namespace staithe
