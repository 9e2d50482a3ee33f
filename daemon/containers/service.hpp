// The api's ContainerService, on the registry and the containers.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/services/container_service.hpp"
#include "daemon/containers/registry.hpp"

namespace staithe::containers {

class Service final : public api::ContainerService {
public:
    struct Needs {
        Options options;
        store::Store& store;
        layers::Layers& layers;
        drivers::Catalog& catalog;
        ImageSource& images;
        os::Log& log;
    };

    Service(Needs, std::vector<store::ContainerRecord>);
    /// No container is touched: those that run go on running.
    ~Service() override;

    /// Finds again what earlier daemons started and removes what they left half-made. Called once, before anything
    /// else; `layers`: the ids that have a row, so that the directory of a quarantined container stays. The keepers
    /// must live as long as this object's containers do.
    Result<void> recover(drivers::Keepers&, std::set<std::string> const& layers);
    /// What Keepers tells. [any-thread]
    void on_exit(std::string const& container, rpc::keeper::ExitRecord const&);
    /// Ends background work and lets go of everybody who waits; requests must be over.
    void shut_down();

    Registry const& registry() const { return m_registry; }

    Result<api::CreatedContainer> create(
        std::string_view request_id, std::string const& name, api::ContainerConfig const&) override;
    Result<std::vector<api::ContainerSummary>> list(api::ContainerFilter const&) override;
    Result<api::ContainerDetails> inspect(std::string_view name) override;
    Result<void> start(std::string_view request_id, std::string_view name, api::HostConfig const*) override;
    Result<void> stop(std::string_view request_id, std::string_view name, int seconds) override;
    Result<void> restart(std::string_view request_id, std::string_view name, int seconds) override;
    Result<void> kill(std::string_view request_id, std::string_view name, int signal) override;
    Result<void> resize(std::string_view request_id, std::string_view name, uint32_t height, uint32_t width) override;
    Result<void> remove(std::string_view request_id, std::string_view name, bool remove_volumes) override;
    Result<Withdraw> wait(std::string_view name, std::function<void(int)> done) override;
    Result<void> attach(std::string_view request_id, std::string_view name, api::AttachOptions const&,
        std::function<Result<api::ClientStream>()> const& take_over) override;
    Result<void> export_tree(std::string_view request_id, std::string_view name, Sink&) override;
    Result<void> logs_json(std::string_view request_id, std::string_view name, Sink&) override;

private:
    Result<store::ContainerRecord> draft(
        api::ContainerConfig const&, ImageSource::Found const&, std::vector<std::string>& warnings) const;
    Result<void> materialize(drivers::Call const&, store::ContainerRecord const&, std::string const& parent_layer);
    api::ContainerSummary summarize(Container const&, drivers::Call const* sizing); ///< null: without its size
    void remove_bytes(drivers::Call const&, store::ContainerRecord const&);
    void remove_directory(std::string const& id);
    void sweep_directories(std::set<std::string> const& layers);
    void clean_up_after(ContainerPtr const&);

    Context m_context;
    Registry m_registry;
};

/// "Cannot VERB container NAME: CAUSE", as clients know it.
Error cannot(std::string_view verb, std::string_view name, Error cause);

} // namespace staithe::containers
