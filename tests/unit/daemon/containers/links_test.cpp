// Links: their form, the environment they bring, and the tree of names.
#include "daemon/containers/link.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "daemon/containers/changes.hpp"
#include "tests/unit/daemon/containers/engine.hpp"

using namespace staithe;
using namespace staithe::containers;
using Texts = std::vector<std::string>;
using doubles::Engine;

namespace {

api::HostConfig linking(std::string const& link)
{
    api::HostConfig host_config;
    host_config.links = { link };
    return host_config;
}

bool has(Texts const& list, std::string const& entry)
{
    return std::find(list.begin(), list.end(), entry) != list.end();
}

} // namespace

BOOST_AUTO_TEST_CASE(form_of_links)
{
    BOOST_TEST(parse_link("db:alias").value().name == "db");
    BOOST_TEST(parse_link("/a/b:alias").value().alias == "alias");
    for (auto const* text : { "", "db", "db:", ":x", "a:b:c", "a:b/c", "a:b=c", "a:b\n" })
        BOOST_TEST(parse_link(text).error().message
            == "Invalid format to parse.  " + std::string(text) + " should match template name:alias");
    BOOST_TEST(!parse_link("a:" + std::string(256, 'x')));
}

BOOST_AUTO_TEST_CASE(environment_of_a_link)
{
    LinkedChild child { "/web/db-x", "10.0.0.2",
        { { api::Protocol::Tcp, 53, {}, 0 }, { api::Protocol::Udp, 53, {}, 0 } },
        { "A=1", "HOME=/x", "PATH=/y", "B", "C=a=b" } };
    BOOST_TEST(link_environment(child)
        == (Texts { "DB-X_PORT=tcp://10.0.0.2:53", "DB-X_PORT_53_TCP=tcp://10.0.0.2:53",
            "DB-X_PORT_53_TCP_ADDR=10.0.0.2", "DB-X_PORT_53_TCP_PORT=53", "DB-X_PORT_53_TCP_PROTO=tcp",
            "DB-X_PORT_53_UDP=udp://10.0.0.2:53", "DB-X_PORT_53_UDP_ADDR=10.0.0.2", "DB-X_PORT_53_UDP_PORT=53",
            "DB-X_PORT_53_UDP_PROTO=udp", "DB-X_NAME=/web/db-x", "DB-X_ENV_A=1" }));
    child.exposed.clear();
    BOOST_TEST(link_environment(child) == (Texts { "DB-X_NAME=/web/db-x", "DB-X_ENV_A=1" }));
}

BOOST_AUTO_TEST_CASE(tree_of_names)
{
    NameTree tree;
    for (auto const* id : { "a", "b", "c" })
        tree.add("/" + std::string(id), id);
    BOOST_TEST(tree.link("/a/x", "b"));
    BOOST_TEST(!tree.link("/a/x", "c")); // kept as it is
    BOOST_TEST(!tree.link("/nobody/x", "c"));
    BOOST_TEST(tree.link("/b/y", "c"));
    BOOST_TEST(tree.link("/c/round", "a"));
    BOOST_TEST(*tree.find("/a/x/y/round") == "a");
    BOOST_TEST(!tree.find("/a/y"));
    BOOST_TEST(tree.paths_to("c").at(0) == "/c");
    BOOST_TEST(has(tree.paths_to("c"), "/a/x/y"));
    BOOST_TEST(tree.paths_to("b").size() < 100u); // however round it goes
    BOOST_TEST(tree.children_of("a").at(0).path == "/a/x");
    BOOST_TEST(!tree.unlink("/a"));
    BOOST_TEST(!tree.unlink("/a/none"));
    tree.add("/a/own", "d");
    BOOST_TEST(tree.children_of("a").size() == 2u);
    BOOST_TEST(!tree.unlink("/a/own"));
    BOOST_TEST(!tree.unlink("/a/x/y/round/own")); // another way there
    BOOST_TEST(tree.unlink("/a/x"));
    BOOST_TEST(!tree.find("/a/x"));
    std::string endless;
    while (endless.size() < (4u << 20))
        endless += "/a";
    BOOST_TEST(!tree.find(endless));
    BOOST_TEST(!tree.find(""));
    BOOST_TEST(!tree.find("/"));
    BOOST_TEST(!tree.find("/b/"));
    tree.remove("a");
    BOOST_TEST(!tree.find("/c/round"));
    BOOST_TEST(*tree.find("/a/own") == "d"); // a name outlives the parent's
    tree.remove("d");
    BOOST_TEST(!tree.find("/a/own"));
    BOOST_TEST(tree.paths_to("c") == (Texts { "/c", "/b/y" }));
}

BOOST_FIXTURE_TEST_CASE(a_link_from_start_to_end, Engine)
{
    api::ContainerConfig config;
    config.exposed_ports = { "80/tcp" };
    config.env = Texts { "K=v" };
    auto const db = create("db", config), web = create("web");
    auto const link = linking("db:alias");
    BOOST_TEST(start_error("web", &link)
        == "Cannot start container web: Cannot link to a non running container: /db AS /web/alias");
    BOOST_TEST(service->inspect("web/alias").value().id == db); // registered all the same
    start("db");
    boot(); // and kept
    start("web"); // without saying it again
    auto const& env = keepers.started.back().env;
    BOOST_TEST(has(env, "ALIAS_PORT=tcp://10.0.0.1:80"));
    BOOST_TEST(has(env, "ALIAS_ENV_K=v"));
    BOOST_TEST(network.links.size() == 1u);
    boot();
    BOOST_TEST(network.links.size() == 1u); // found again
    auto const listed = service->list({}).value();
    BOOST_TEST(listed.at(1).names == (Texts { "/db", "/web/alias" }));

    BOOST_TEST(service->remove_link("r", "web").error().message
        == "Conflict, cannot remove the default name of the container");
    BOOST_TEST(service->remove_link("r", "web/none").error().message == "No such link: web/none");
    BOOST_REQUIRE(service->remove_link("r", "web/alias"));
    BOOST_TEST(network.links.empty());
    boot();
    BOOST_TEST(!service->inspect("web/alias"));
    BOOST_TEST(service->inspect("web").value().id == web);
}

BOOST_FIXTURE_TEST_CASE(refused_links_leave_nothing, Engine)
{
    auto const id = create("web");
    auto link = linking("nobody:x");
    BOOST_TEST(start_error("web", &link) == "Could not find entity for nobody");
    link = linking(create("other") + ":x");
    BOOST_TEST(start_error("web", &link).starts_with("Could not find entity for "));
    link = linking("other");
    BOOST_TEST(start_error("web", &link) == "Invalid format to parse.  other should match template name:alias");
    link = linking("web:me");
    BOOST_TEST(start_error("web", &link) == "Cannot start container web: Cannot link to self: " + id + " == " + id);
    BOOST_TEST(!service->inspect("web/me"));
    start("web");
    link = linking("other:x");
    BOOST_TEST(start_error("web", &link) == "Cannot start container web: The container " + id + " is already running.");
    BOOST_TEST(!service->inspect("web/x")); // without side effects
}

BOOST_FIXTURE_TEST_CASE(children_by_name_survive_their_parent_and_a_restart, Engine)
{
    auto const parent = create("a"), child = create("a/b");
    start("a/b");
    boot();
    BOOST_TEST(service->inspect("/a/b").value().id == child);
    BOOST_TEST(start_error("a").empty()); // its child runs
    end(parent, 0);
    BOOST_REQUIRE(service->remove("r", "a", false));
    boot();
    BOOST_TEST(service->inspect("a/b").value().name == "/a/b");
    end(child, 0);
    BOOST_REQUIRE(service->remove("r", "a/b", false));
    create("a");
    create("a/b");
}

BOOST_AUTO_TEST_CASE(changes_without_what_the_daemon_made)
{
    auto const shown = [](std::vector<drivers::Change> changes) {
        std::string text;
        for (auto const& change : visible_changes(std::move(changes)))
            text += change.path + std::to_string(static_cast<int>(change.kind)) + " ";
        return text;
    };
    constexpr uint32_t modified = STAITHE_MODIFIED, added = STAITHE_ADDED, deleted = STAITHE_DELETED;
    BOOST_TEST(shown({ { "/etc", added }, { "/etc/hosts", added }, { "/etc/hostname", added }, { "/proc", added },
                   { "/dev", added }, { "/dev/pts", added } })
        == "");
    BOOST_TEST(shown({ { "/etc", modified }, { "/etc/resolv.conf", added } }) == "");
    BOOST_TEST(shown({ { "/etc", added }, { "/etc/hosts", added }, { "/etc/x", added } }) == "/etc0 /etc/x1 ");
    BOOST_TEST(shown({ { "/var/x", added }, { "/etc", modified }, { "/var", modified } }) == "/etc0 /var0 /var/x1 ");
    BOOST_TEST(shown({ { "/dev", modified }, { "/etc", deleted } }) == "/dev0 /etc2 ");
}
