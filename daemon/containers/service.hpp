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
        network::Network& network;
        volumes::Volumes& volumes;
        events::Journal& journal;
        os::Log& log;
    };
    /// What has a row in the store besides containers.
    struct Known {
        std::set<std::string> layers; ///< so that the directory of a quarantined container stays
        std::vector<store::VolumeRecord> volumes;
    };

    Service(Needs, std::vector<store::ContainerRecord>, std::vector<store::NameRecord> links);
    /// No container is touched: those that run go on running.
    ~Service() override;

    /// Finds again what earlier daemons started and removes what they left half-made. Called once, before anything
    /// else. The keepers must live as long as this object's containers do.
    Result<void> recover(drivers::Keepers&, Known const&);
    /// What Keepers tells. [any-thread]
    void on_exit(std::string const& container, rpc::keeper::ExitRecord const&);
    /// Ends background work and lets go of everybody who waits; requests must be over.
    void shut_down();

    Registry const& registry() const { return m_registry; }

    Result<api::CreatedContainer> create(
        std::string_view request_id, api::CreateOptions const&, api::ContainerConfig const&) override;
    Result<std::vector<api::ContainerSummary>> list(api::ContainerFilter const&) override;
    Result<api::ContainerDetails> inspect(std::string_view name) override;
    Result<void> start(std::string_view request_id, std::string_view name, api::HostConfig const*) override;
    Result<void> stop(std::string_view request_id, std::string_view name, int seconds) override;
    Result<void> restart(std::string_view request_id, std::string_view name, int seconds) override;
    Result<void> kill(std::string_view request_id, std::string_view name, int signal) override;
    Result<void> resize(std::string_view request_id, std::string_view name, uint32_t height, uint32_t width) override;
    Result<void> remove(std::string_view request_id, std::string_view name, bool remove_volumes) override;
    Result<void> remove_link(std::string_view request_id, std::string_view name) override;
    Result<Withdraw> wait(std::string_view name, std::function<void(int)> done) override;
    Result<void> attach(std::string_view request_id, std::string_view name, api::AttachOptions const&,
        std::function<Result<api::ClientStream>()> const& take_over) override;
    Result<void> export_tree(std::string_view request_id, std::string_view name, Sink&) override;
    Result<void> copy(std::string_view request_id, std::string_view name, std::string const& path, Sink&) override;
    Result<std::vector<api::FileChange>> changes(std::string_view request_id, std::string_view name) override;
    Result<std::string> commit(std::string_view request_id, api::CommitRequest const&) override;
    Result<api::ProcessTable> top(std::string_view name, std::string_view ps_args) override;
    Result<void> logs_json(std::string_view request_id, std::string_view name, Sink&) override;

private:
    Result<store::ContainerRecord> draft(api::CreateOptions const&, api::ContainerConfig const&,
        ImageSource::Found const&, std::vector<std::string>& warnings) const;
    Result<void> materialize(drivers::Call const&, store::ContainerRecord const&, std::string const& parent_layer);
    Result<void> check_start(Container const&, api::HostConfig const* given) const;
    api::ContainerSummary summarize(Container const&, drivers::Call const* sizing); ///< null: without its size
    void remove_bytes(drivers::Call const&, store::ContainerRecord const&);
    void remove_directory(std::string const& id);
    std::vector<std::string> volumes_only_of(store::ContainerRecord const&) const;
    Result<void> forget(Container const&, store::ContainerRecord const&, std::vector<std::string> const& volumes);
    void record_event(std::string_view status, Container const&);
    void sweep_directories(std::set<std::string> const& layers);
    void sweep_volumes(std::vector<store::VolumeRecord> const&);
    void allow_links_again();
    void start_again(std::vector<ContainerPtr>);
    void clean_up_after(ContainerPtr const&);

    Context m_context;
    Registry m_registry;
};

/// "Cannot VERB container NAME: CAUSE", as clients know it.
Error cannot(std::string_view verb, std::string_view name, Error cause);

} // namespace staithe::containers
