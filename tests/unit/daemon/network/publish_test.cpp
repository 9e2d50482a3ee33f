#include <chrono>

#include <boost/test/unit_test.hpp>

#include "daemon/network/reservation.hpp"
#include "daemon/network/sysctl.hpp"
#include "tests/unit/daemon/network/world.hpp"

using namespace staithe;
using namespace staithe::network;

namespace {

/// A container with "web" at 80/tcp, published as 8080, and "dns" at 53/udp, published as 5353; and a neighbour.
struct Published {
    explicit Published(World& world, Options options = {})
        : network(world.start(std::move(options)))
    {
        network.adopted_all();
        container = network.connect(id_of(1), { { udp, 53, "", 5353 }, { tcp, 80, "", 8080 } }).value();
        neighbour = network.connect(id_of(2), {}).value();
        web.emplace(container.name_space.get(), "web", tcp, uint16_t(80));
        dns.emplace(container.name_space.get(), "dns", udp, uint16_t(53));
    }

    Network& network;
    Endpoint container, neighbour;
    std::optional<Server> web, dns;
};

void check_from_everywhere(World& world, Published const& published)
{
    int const outside = world.outside.get(), neighbour = published.neighbour.name_space.get();
    int const self = published.container.name_space.get();
    BOOST_TEST(ask(outside, tcp, "198.51.100.1", 8080) == "web for 198.51.100.2");
    BOOST_TEST(ask(outside, udp, "198.51.100.1", 5353) == "dns for 198.51.100.2");
    for (std::string const host : { "127.0.0.1", "127.9.9.9", "198.51.100.1", "172.17.42.1" }) {
        BOOST_TEST(ask(-1, tcp, host, 8080).starts_with("web for "), host);
        BOOST_TEST(ask(-1, udp, host, 5353).starts_with("dns for "), host);
    }
    for (std::string const host : { "198.51.100.1", "172.17.42.1" }) {
        BOOST_TEST(ask(neighbour, tcp, host, 8080).starts_with("web for "), host);
        BOOST_TEST(ask(neighbour, udp, host, 5353).starts_with("dns for "), host);
        BOOST_TEST(ask(self, tcp, host, 8080).starts_with("web for "), host);
        BOOST_TEST(ask(self, udp, host, 5353).starts_with("dns for "), host);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_publish)

BOOST_AUTO_TEST_CASE(published_ports_are_reachable_from_everywhere)
{
    on_own_host([] {
        World world;
        Published const published(world);
        auto const& ports = published.container.state.ports;
        BOOST_REQUIRE(ports.size() == 2u);
        BOOST_TEST(ports[0].container_port == 53);
        BOOST_TEST(ports[1].container_port == 80);
        BOOST_TEST(ports[1].host_ip == "0.0.0.0");
        BOOST_TEST(ports[1].host_port == 8080);
        check_from_everywhere(world, published);
    });
}

BOOST_AUTO_TEST_CASE(published_ports_work_without_bridge_netfilter)
{
    on_own_host([] {
        World world;
        (void)write_sysctl("bridge/bridge-nf-call-iptables", "0");
        Published const published(world);
        check_from_everywhere(world, published);
    });
}

BOOST_AUTO_TEST_CASE(only_what_is_published_is_reachable_from_outside)
{
    on_own_host([] {
        World world;
        Published const published(world);
        Server const secret(published.container.name_space.get(), "secret", tcp, 81);
        BOOST_TEST(ask(published.neighbour.name_space.get(), tcp, "172.17.0.2", 81) == "secret for 172.17.0.3");
        BOOST_TEST(is_silent(world.outside.get(), tcp, "172.17.0.2", 81));
        BOOST_TEST(is_silent(world.outside.get(), tcp, "172.17.0.2", 80));
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 80) == "refused");
    });
}

BOOST_AUTO_TEST_CASE(a_host_address_limits_where_a_port_is_published)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const local = network.connect(id_of(1), { { tcp, 80, "127.0.0.1", 8080 } }).value();
        auto const other = network.connect(id_of(2), { { tcp, 80, "198.51.100.1", 8081 } }).value();
        Server const a(local.name_space.get(), "local", tcp, 80), b(other.name_space.get(), "other", tcp, 80);
        BOOST_TEST(local.state.ports.at(0).host_ip == "127.0.0.1");
        BOOST_TEST(ask(-1, tcp, "127.0.0.1", 8080).starts_with("local for"));
        BOOST_TEST(ask(-1, tcp, "198.51.100.1", 8080) == "refused");
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8080) == "refused");
        BOOST_TEST(ask(other.name_space.get(), tcp, "172.17.42.1", 8080) == "refused");
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8081).starts_with("other for"));
        BOOST_TEST(ask(-1, tcp, "127.0.0.1", 8081) == "refused");
    });
}

BOOST_AUTO_TEST_CASE(ports_conflict_as_clients_know_it)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const first = network.connect(id_of(1), { { tcp, 80, "127.0.0.1", 8080 } });
        BOOST_REQUIRE(first);
        auto const second = network.connect(id_of(2), { { udp, 80, "", 8080 }, { tcp, 80, "198.51.100.1", 8080 } });
        BOOST_REQUIRE(!second);
        BOOST_TEST(second.error().code == STAITHE_CONFLICT);
        BOOST_TEST(second.error().message == "Port already in use: 8080");
        // What the failed one had is free again.
        BOOST_REQUIRE(network.connect(id_of(2), { { udp, 80, "", 8080 } }));

        auto const foreign = reserve(tcp, Address {}, 9090);
        BOOST_REQUIRE(foreign);
        auto const third = network.connect(id_of(3), { { tcp, 80, "", 9090 } });
        BOOST_REQUIRE(!third);
        BOOST_TEST(third.error().message == "listen tcp 0.0.0.0:9090: bind: address already in use");
        auto const fourth = network.connect(id_of(3), { { udp, 80, "203.0.113.9", 9090 } });
        BOOST_REQUIRE(!fourth);
        BOOST_TEST(fourth.error().message == "listen udp 203.0.113.9:9090: bind: cannot assign requested address");
    });
}

BOOST_AUTO_TEST_CASE(a_published_port_is_nobody_elses)
{
    on_own_host([] {
        World world;
        Published published(world);
        BOOST_TEST(!can_listen(tcp, 8080));
        BOOST_TEST(!can_listen(udp, 5353));
        BOOST_TEST(can_listen(udp, 8080));
        published.network.disconnect(id_of(1));
        BOOST_TEST(can_listen(tcp, 8080));
        BOOST_TEST(can_listen(udp, 5353));
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 8080) == "refused");
    });
}

BOOST_AUTO_TEST_CASE(random_ports_pass_over_those_of_other_programs)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const foreign = reserve(tcp, Address {}, 49154);
        auto const endpoint = network.connect(id_of(1), { { tcp, 80, "", 0 }, { tcp, 81, "", 0 }, { udp, 81, "", 0 } });
        BOOST_REQUIRE(endpoint);
        auto const& ports = endpoint.value().state.ports;
        BOOST_TEST(ports.at(0).host_port == 49153);
        BOOST_TEST(ports.at(1).host_port == 49155);
        BOOST_TEST(ports.at(2).host_port == 49153);
    });
}

BOOST_AUTO_TEST_CASE(hostile_host_addresses_are_refused)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const before = output_of("nft list ruleset");
        for (std::string const host : { "::", "localhost", "1.2.3.4 }; flush ruleset", "256.0.0.1", "\n", "1.2.3" })
            BOOST_TEST(!network.connect(id_of(1), { { tcp, 80, host, 8080 } }), host);
        BOOST_TEST(output_of("nft list ruleset") == before);
        auto const endpoint = network.connect(id_of(1), {});
        BOOST_REQUIRE(endpoint);
    });
}

BOOST_AUTO_TEST_CASE(udp_clients_that_never_pause_find_the_next_container)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto first = network.connect(id_of(1), { { udp, 53, "", 5353 } });
        BOOST_REQUIRE(first);
        {
            Server const server(first.value().name_space.get(), "first", udp, 53);
            BOOST_TEST(ask(world.outside.get(), udp, "198.51.100.1", 5353, 7777) == "first for 198.51.100.2");
        }
        network.disconnect(id_of(1));
        auto const second = network.connect(id_of(2), { { udp, 53, "", 5353 } });
        BOOST_REQUIRE(second);
        Server const server(second.value().name_space.get(), "second", udp, 53);
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        BOOST_TEST(ask(world.outside.get(), udp, "198.51.100.1", 5353, 7777) == "second for 198.51.100.2");
    });
}

BOOST_AUTO_TEST_CASE(udp_clients_do_not_follow_an_address_to_its_next_owner)
{
    on_own_host([] {
        if (!has_program("ip"))
            return;
        World world;
        output_of("ip link add own0 type bridge; ip address add 10.99.0.1/30 dev own0"); // one container at a time
        Options options;
        options.bridge = "own0";
        auto& network = world.start(options);
        network.adopted_all();
        {
            auto const first = network.connect(id_of(1), { { udp, 53, "", 5353 } });
            BOOST_REQUIRE(first);
            Server const server(first.value().name_space.get(), "first", udp, 53);
            BOOST_TEST(ask(world.outside.get(), udp, "198.51.100.1", 5353, 7777) == "first for 198.51.100.2");
        }
        network.disconnect(id_of(1));
        auto const second = network.connect(id_of(2), {});
        BOOST_REQUIRE(second);
        BOOST_TEST(second.value().state.ip_address == "10.99.0.2");
        Server const server(second.value().name_space.get(), "second", udp, 53);
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        BOOST_TEST(ask(world.outside.get(), udp, "198.51.100.1", 5353, 7777) == "refused");
    });
}

BOOST_AUTO_TEST_CASE(without_rules_nothing_is_published)
{
    on_own_host([] {
        World world;
        Options options;
        options.rules = false;
        world.log.set_level(STAITHE_ERROR + 1);
        auto& network = world.start(options);
        network.adopted_all();
        auto const endpoint = network.connect(id_of(1), { { tcp, 80, "", 8080 } });
        BOOST_REQUIRE(endpoint);
        BOOST_TEST(endpoint.value().state.ports.empty());
        BOOST_TEST(can_listen(tcp, 8080));
        if (has_program("nft"))
            BOOST_TEST(output_of("nft list ruleset") == "");
    });
}

BOOST_AUTO_TEST_SUITE_END()
