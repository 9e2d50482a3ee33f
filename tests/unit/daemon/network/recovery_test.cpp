#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/network/world.hpp"

using namespace staithe;
using namespace staithe::network;

namespace {

/// Waits at most five seconds until the port leads to the server.
/// A connection made while the rules are gone hears nothing: it is not the rules' return that is waited for then.
bool comes_back(World& world, uint16_t port, std::string const& server)
{
    constexpr int patience_s = 1;
    for (int tried = 0; tried < 50; ++tried) {
        if (ask(world.outside.get(), tcp, "198.51.100.1", port, 0, patience_s).starts_with(server))
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_recovery)

BOOST_AUTO_TEST_CASE(rules_come_back_when_another_program_removes_them)
{
    on_own_host([] {
        if (!has_program("nft"))
            return;
        World world;
        world.log.set_level(STAITHE_ERROR);
        auto& network = world.start();
        network.adopted_all();
        auto const container = network.connect(id_of(1), { { tcp, 80, "", 8080 } }).value();
        auto const other = network.connect(id_of(2), { { tcp, 80, "198.51.100.1", 8081 } }).value();
        Server const web(container.name_space.get(), "web", tcp, 80), two(other.name_space.get(), "two", tcp, 80);
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8080).starts_with("web"));
        auto const rules = output_of("nft list ruleset");
        BOOST_TEST(rules.find("172.17.0.3") != std::string::npos);
        for (std::string const harm : { "flush ruleset", "delete table inet staithe", "flush table inet staithe",
                 "flush map inet staithe everywhere", "flush chain inet staithe publish",
                 "insert rule inet staithe publish drop" }) {
            output_of("nft " + harm);
            BOOST_TEST(comes_back(world, 8080, "web"), harm);
            BOOST_TEST(comes_back(world, 8081, "two"), harm);
            std::this_thread::sleep_for(std::chrono::milliseconds(1200));
            BOOST_TEST(output_of("nft list ruleset") == rules, harm);
        }
    });
}

BOOST_AUTO_TEST_CASE(other_tables_are_left_alone_and_own_changes_cause_no_restoring)
{
    on_own_host([] {
        if (!has_program("nft"))
            return;
        World world;
        auto& network = world.start();
        network.adopted_all();
        output_of("nft 'add table ip mine; add chain ip mine x; add rule ip mine x counter'");
        auto const handle = output_of("nft -a list table inet staithe | head -1");
        auto const mine = output_of("nft list table ip mine");
        for (int i = 0; i < 20; ++i) {
            BOOST_REQUIRE(network.connect(id_of(1), { { tcp, 80, "", 8080 } }));
            network.disconnect(id_of(1));
        }
        output_of("nft delete rule ip mine x handle 2");
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        BOOST_TEST(output_of("nft -a list table inet staithe | head -1") == handle);
        BOOST_TEST(mine.find("counter") != std::string::npos);
        output_of("nft delete table inet staithe");
        BOOST_REQUIRE(network.connect(id_of(1), { { tcp, 80, "", 8080 } }));
        BOOST_TEST(output_of("nft list table inet staithe").find("8080") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(what_runs_on_is_adopted)
{
    on_own_host([] {
        World world;
        auto& first = world.start();
        first.adopted_all();
        auto const kept = first.connect(id_of(1), { { tcp, 80, "", 8080 } }).value();
        auto lost = first.connect(id_of(2), { { tcp, 80, "", 8081 } }).value();
        Server const web(kept.name_space.get(), "web", tcp, 80);
        world.stop();
        // Without a daemon traffic flows on.
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8080).starts_with("web"));

        auto& second = world.start();
        second.adopt(id_of(1), kept.state);
        second.adopt(id_of(7), { "nonsense", "", "", 0, {} });
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8080).starts_with("web"));
        second.adopted_all();
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8080).starts_with("web"));
        BOOST_TEST(!can_listen(tcp, 8080));
        BOOST_TEST(can_listen(tcp, 8081));
        auto const pairs = output_of("cat /proc/thread-self/net/dev");
        BOOST_TEST(pairs.find("stv00000001") != std::string::npos);
        BOOST_TEST(pairs.find("stv00000002") == std::string::npos);
        auto const conflict = second.connect(id_of(3), { { tcp, 80, "", 8080 } });
        BOOST_REQUIRE(!conflict);
        BOOST_TEST(conflict.error().message == "Port already in use: 8080");
        auto const next = second.connect(id_of(3), { { tcp, 80, "", 8081 } });
        BOOST_REQUIRE(next);
        BOOST_TEST(next.value().state.ip_address == "172.17.0.4"); // .2 is adopted, .3 was tried
        second.disconnect(id_of(1));
        BOOST_TEST(can_listen(tcp, 8080));
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8080) == "refused");
    });
}

BOOST_AUTO_TEST_CASE(settings_may_change_between_runs)
{
    on_own_host([] {
        if (!has_program("nft"))
            return;
        World world;
        Options options;
        options.inter_container = false;
        world.start(options).adopted_all();
        BOOST_TEST(output_of("nft list tables").find("bridge staithe") != std::string::npos);
        world.stop();
        options.inter_container = true;
        world.start(options).adopted_all();
        BOOST_TEST(output_of("nft list tables") == "table inet staithe\n");
        world.stop();
        options.rules = false;
        world.start(options).adopted_all();
        BOOST_TEST(output_of("nft list tables") == "");
    });
}

BOOST_AUTO_TEST_SUITE_END()
