// A whole containers' room on doubles, restartable: what a daemon is, without its processes.
#pragma once

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <thread>

#include "daemon/containers/service.hpp"
#include "daemon/os/file.hpp"
#include "tests/doubles/drivers/fake_drivers.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"
#include "tests/unit/daemon/containers/fake_network.hpp"

namespace staithe::doubles {

class FakeImages final : public containers::ImageSource {
public:
    std::optional<Found> find(std::string_view name) override
    {
        if (name != "box" && name != std::string(64, 'f'))
            return {};
        return Found { std::string(64, 'f'), "image-layer", "fake", config, std::make_shared<int>(0) };
    }
    std::string display_name(std::string const&) override { return "box:latest"; }
    int64_t size(std::string const&) override { return 1000; }
    Result<std::string> commit(
        std::string_view, api::CommitRequest const& request, store::ContainerRecord const& container) override
    {
        committed.emplace_back(request, container);
        return during_commit ? during_commit() : Result<std::string>(std::string(64, 'd'));
    }
    std::vector<std::pair<api::CommitRequest, store::ContainerRecord>> committed;
    std::function<Result<std::string>()> during_commit;
    std::optional<api::ContainerConfig> config;
};

struct Engine {
    Engine() { boot(); }

    /// Starts the daemon (again): same disk, same keepers.
    void boot(std::string boot_id = "boot-1", bool restart = false)
    {
        service.reset();
        journal.reset();
        volumes.reset();
        layers.reset();
        network.forget();
        store.reset();
        store::Contents contents;
        store = std::move(store::Store::open(directory.path, contents)).value();
        layers = std::make_unique<layers::Layers>(
            layers::LayersOptions { "fake", directory.path, store->identity() }, catalog, log, contents.layers);
        journal = std::move(events::Journal::create(*store, log)).value();
        volumes =
            std::move(volumes::Volumes::create(directory.path + "/volumes", *store, contents.volumes, log)).value();
        containers::Options options;
        options.directory = directory.path + "/containers";
        options.execution_driver = "run";
        options.boot_id = std::move(boot_id);
        options.restart = restart;
        service = std::make_unique<containers::Service>(
            containers::Service::Needs { options, *store, *layers, catalog, images, network, *volumes, *journal, log },
            contents.containers, contents.links);
        containers::Service::Known known { {}, contents.volumes };
        for (auto const& layer : contents.layers)
            known.layers.insert(layer.id);
        BOOST_REQUIRE(service->recover(keepers, known));
    }

    std::string create(std::string const& name = "web", api::ContainerConfig config = {})
    {
        config.image = "box";
        if (!config.command)
            config.command = std::vector<std::string> { "true" };
        api::CreateOptions options;
        options.name = name;
        options.publish_port_specs = publish_port_specs;
        auto const created = service->create("r", options, config);
        BOOST_TEST_INFO((created ? "" : created.error().message));
        BOOST_REQUIRE(created);
        return created.value().id;
    }
    void start(std::string_view name, api::HostConfig const* host_config = nullptr)
    {
        auto const started = service->start("r", name, host_config);
        BOOST_TEST_INFO((started ? "" : started.error().message));
        BOOST_REQUIRE(started);
    }
    std::string start_error(std::string_view name, api::HostConfig const* host_config = nullptr)
    {
        auto const started = service->start("r", name, host_config);
        return started ? "" : started.error().message;
    }
    /// "create box:latest, start box:latest": what was noted since the beginning.
    std::string events()
    {
        std::string text;
        BOOST_REQUIRE(journal->follow(
            1, [&](api::Event const& event) { text += (text.empty() ? "" : ", ") + event.status + " " + event.from; }));
        return text;
    }
    /// The keeper tells that the run has ended.
    void end(std::string const& id, int status)
    {
        auto const run = keepers.running.at(id)->run();
        keepers.running.erase(id);
        service->on_exit(id, { run, status, 1000, 2000, false });
    }
    api::ContainerState state(std::string_view name) { return service->inspect(name).value().state; }
    std::string directory_of(std::string const& id) const { return directory.path + "/containers/" + id; }
    /// Directories are removed in the background.
    bool directory_goes(std::string const& id) const
    {
        auto const until = os::Deadline::after(std::chrono::seconds(10));
        while (os::exists(directory_of(id)) && !until.passed())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return !os::exists(directory_of(id));
    }
    std::shared_ptr<FakeKeeper> keeper(std::string const& id) { return keepers.running.at(id); }

    TempDirectory directory;
    FakeCatalog catalog;
    FakeImages images;
    FakeKeepers keepers;
    FakeNetwork network;
    bool publish_port_specs = false;
    os::Log log { ::open("/dev/null", O_WRONLY | O_CLOEXEC) };
    std::unique_ptr<store::Store> store;
    std::unique_ptr<layers::Layers> layers;
    std::unique_ptr<volumes::Volumes> volumes;
    std::unique_ptr<events::Journal> journal;
    std::unique_ptr<containers::Service> service;
};

/// Two ends of a client's connection.
struct Connection {
    Connection()
    {
        int ends[2];
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        ours.reset(ends[0]);
        theirs.reset(ends[1]);
    }
    /// Has the daemon's side been closed?
    bool closed()
    {
        char byte = 0;
        return ::recv(ours.get(), &byte, 1, MSG_DONTWAIT) == 0;
    }
    UniqueFd ours, theirs;
};

} // namespace staithe::doubles
