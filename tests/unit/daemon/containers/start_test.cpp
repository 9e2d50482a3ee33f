// What a start gives a container, and that everything is given back.
#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/containers/engine.hpp"

using namespace staithe;
using doubles::Engine;

namespace {

api::HostConfig publishing(std::string const& key, std::string const& host_port)
{
    api::HostConfig host_config;
    host_config.port_bindings[key] = { { "", host_port } };
    return host_config;
}

class Text final : public Sink {
public:
    Result<void> write(void const* data, size_t size) override
    {
        text.append(static_cast<char const*>(data), size);
        return {};
    }
    std::string text;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(network_while_it_runs, Engine)
{
    api::ContainerConfig config;
    config.exposed_ports = { "80/tcp", "90/tcp" };
    auto const id = create("web", config);
    auto const ports = publishing("80/tcp", "");
    start("web", &ports);
    BOOST_TEST(network.connected.contains(id));
    auto details = service->inspect("web").value();
    BOOST_TEST(details.network.ip_address == "10.0.0.1");
    BOOST_TEST(details.network.ports.size() == 2u);
    BOOST_TEST(service->list({}).value().at(0).ports.size() == 2u);
    BOOST_TEST(details.host_config.port_bindings.at("80/tcp").at(0).host_port == "49153");
    boot();
    BOOST_TEST(network.connected.at(id).ports.size() == 1u); // adopted
    BOOST_TEST(network.all_adopted);
    end(id, 0);
    BOOST_TEST(network.connected.empty());
    details = service->inspect("web").value();
    BOOST_TEST(details.network.ip_address.empty());
    BOOST_TEST(details.network.ports.empty());
    network.next_port = 50000;
    start("web");
    BOOST_TEST(service->inspect("web").value().network.ports.at(0).host_port == 49153); // the same again
}

BOOST_FIXTURE_TEST_CASE(no_network_where_none_is_wanted, Engine)
{
    api::ContainerConfig config;
    config.network_disabled = true;
    config.exposed_ports = { "80/tcp" };
    create("web", config);
    start("web");
    BOOST_TEST(service->inspect("web").value().network.ports.empty());
    network.is_enabled = false;
    create("other");
    start("other");
    BOOST_TEST(network.connected.empty());
}

BOOST_FIXTURE_TEST_CASE(what_a_failed_start_had_is_given_back, Engine)
{
    create("one");
    auto const id = create("two");
    auto const ports = publishing("80/tcp", "8080");
    start("one", &ports);
    BOOST_TEST(start_error("two", &ports) == "Cannot start container two: Port already in use: 8080");
    keepers.fail_start = "no";
    BOOST_TEST(!start_error("two").empty());
    BOOST_TEST(!network.connected.contains(id));
    BOOST_TEST(service->inspect("two").value().network.ip_address.empty());
}

BOOST_FIXTURE_TEST_CASE(port_specs_publish_for_old_clients, Engine)
{
    publish_port_specs = true;
    api::ContainerConfig config;
    config.port_specs = { "8080:80" };
    auto const id = create("web", config);
    start("web");
    BOOST_TEST(service->inspect("web").value().network.ports.at(0).host_port == 8080);
    end(id, 0);
    boot();
    start("web");
    BOOST_TEST(service->inspect("web").value().network.ports.at(0).host_port == 8080);
}

BOOST_FIXTURE_TEST_CASE(mounts_in_their_order, Engine)
{
    api::ContainerConfig config;
    config.volumes = { "/data" };
    auto const id = create("web", config);
    BOOST_TEST(!service->inspect("web").value().volumes);
    api::HostConfig host_config;
    host_config.binds = { directory.path + ":/host:ro", "/etc/passwd:/data/p" };
    start("web", &host_config);
    auto const& mounts = keepers.started.back().mounts;
    BOOST_REQUIRE(mounts.size() == 6u);
    for (size_t i = 0; i < 3; ++i)
        BOOST_TEST((mounts[i].target.starts_with("/etc/") && mounts[i].read_only && mounts[i].file));
    BOOST_TEST((mounts[3].target == "/data" && mounts[3].volume && !mounts[3].read_only));
    BOOST_TEST((mounts[4].target == "/data/p" && mounts[4].file && !mounts[4].read_only));
    BOOST_TEST((mounts[5].target == "/host" && !mounts[5].file && mounts[5].read_only));
    auto const path = service->inspect("web").value().volumes->at("/data").host_path;
    BOOST_TEST(os::exists(path));
    end(id, 0);
    start("web");
    BOOST_TEST(service->inspect("web").value().volumes->at("/data").host_path == path); // kept
    boot();
    BOOST_TEST(os::exists(path));
    BOOST_TEST(!service->inspect("web").value().volumes->at("/host").writable);
}

BOOST_FIXTURE_TEST_CASE(volumes_go_with_their_last_user, Engine)
{
    api::ContainerConfig config, from;
    config.volumes = { "/data" };
    from.volumes_from = "one";
    auto const one = create("one", config);
    start("one");
    auto const two = create("two", from);
    start("two");
    auto const path = service->inspect("two").value().volumes->at("/data").host_path;
    end(one, 0);
    end(two, 0);
    BOOST_REQUIRE(service->remove("r", "one", true));
    BOOST_TEST(os::exists(path)); // "two" has it
    BOOST_REQUIRE(service->remove("r", "two", true));
    BOOST_TEST(!os::exists(path));
    BOOST_TEST(
        start_error(create("three", from).substr(0, 12)).ends_with("not found. Impossible to mount its volumes"));
}

BOOST_FIXTURE_TEST_CASE(binds_are_never_removed, Engine)
{
    auto const id = create("web");
    api::HostConfig host_config;
    host_config.binds = { directory.path + ":/host" };
    start("web", &host_config);
    end(id, 0);
    BOOST_REQUIRE(service->remove("r", "web", true));
    BOOST_TEST(os::exists(directory.path));
    api::ContainerConfig config;
    config.image = "box", config.command = std::vector<std::string> { "x" }, config.volumes = { "/proc" };
    BOOST_TEST(service->create("r", {}, config).error().message.starts_with("Bad parameter"));
}

BOOST_FIXTURE_TEST_CASE(names_that_would_write_lines_are_refused, Engine)
{
    auto const refused = [&](api::ContainerConfig config) {
        config.image = "box", config.command = std::vector<std::string> { "x" };
        auto const created = service->create("r", {}, config);
        return !created && created.error().message.starts_with("Bad parameter: ");
    };
    api::ContainerConfig host, domain, server;
    host.hostname = "a\nb", domain.domainname = "a\tb", server.dns = std::vector<std::string> { "1.1.1.1\nx" };
    BOOST_TEST((refused(host) && refused(domain) && refused(server)));
}

BOOST_FIXTURE_TEST_CASE(a_volume_of_a_start_that_was_killed_is_swept, Engine)
{
    auto const ids = volumes->make(2).value();
    BOOST_REQUIRE(os::write_file(volumes->path_of(ids[0]) + "/precious", "x"));
    boot();
    BOOST_TEST(!volumes->id_of(volumes->path_of(ids[0])).empty());
    BOOST_TEST(volumes->id_of(volumes->path_of(ids[1])).empty());
}

BOOST_FIXTURE_TEST_CASE(events_in_their_order, Engine)
{
    auto const id = create();
    keepers.during_start = [&] { service->on_exit(id, { 1, 3, 10, 20, false }); };
    start("web");
    BOOST_TEST(events() == "create box:latest, start box:latest, die box:latest");
    keepers.during_start = nullptr;
    BOOST_REQUIRE(service->restart("r", "web", 1));
    keeper(id)->on_signal = [&](int signal) {
        if (signal == 9)
            end(id, 137);
    };
    BOOST_REQUIRE(service->kill("r", "web", 10)); // no event
    BOOST_REQUIRE(service->kill("r", "web", 0));
    Text text;
    BOOST_REQUIRE(service->export_tree("r", "web", text));
    BOOST_REQUIRE(service->stop("r", "web", 1));
    BOOST_REQUIRE(service->remove("r", "web", false));
    auto const all = events();
    BOOST_TEST(all.substr(all.find("die"))
        == "die box:latest, restart box:latest, die box:latest, kill box:latest, "
           "export box:latest, stop box:latest, destroy box:latest");
}

BOOST_FIXTURE_TEST_CASE(files_are_read_live_or_from_the_layer, Engine)
{
    auto const id = create();
    auto const copied = [&](std::string const& path) {
        Text text;
        auto const result = service->copy("r", "web", path, text);
        return result ? text.text : result.error().message;
    };
    BOOST_TEST(copied("etc/passwd") == "/etc/passwd as passwd");
    BOOST_TEST(copied("/") == "/ as rootfs");
    BOOST_TEST(copied("/a/../..") == "/ as rootfs");
    start("web");
    BOOST_TEST(copied("/etc/") == "/etc as etc");
    Text text;
    BOOST_REQUIRE(service->export_tree("r", "web", text));
    BOOST_TEST(text.text == "/ as .");
    keeper(id)->fail_root = "it ends";
    keeper(id)->on_signal = nullptr;
    end(id, 0);
    BOOST_TEST(copied("/x") == "/x as x");
}

BOOST_FIXTURE_TEST_CASE(parents_are_started_again_after_their_children, Engine)
{
    api::HostConfig link;
    auto const parent = create("aaa"), child = create("bbb"); // the parent is the older one
    start("bbb");
    link.links = { "bbb:x" };
    start("aaa", &link);
    keepers.running.clear();
    boot("boot-2", true);
    auto const until = os::Deadline::after(std::chrono::seconds(10));
    while (!(state("aaa").running && state("bbb").running) && !until.passed())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    BOOST_TEST((state("aaa").running && state("bbb").running));
    service->shut_down();
}
