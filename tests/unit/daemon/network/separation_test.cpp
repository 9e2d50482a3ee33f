#include <boost/test/unit_test.hpp>

#include "daemon/network/sysctl.hpp"
#include "tests/unit/daemon/network/world.hpp"

using namespace staithe;
using namespace staithe::network;

namespace {

Options separated()
{
    Options options;
    options.inter_container = false;
    return options;
}

void check_links()
{
    World world;
    auto& network = world.start(separated());
    network.adopted_all();
    auto const parent = network.connect(id_of(1), {}).value(), child = network.connect(id_of(2), {}).value();
    auto const stranger = network.connect(id_of(3), {}).value();
    int const from_parent = parent.name_space.get(), from_child = child.name_space.get();
    Server const web(from_child, "web", tcp, 80), dns(from_child, "dns", udp, 53), other(from_child, "other", tcp, 81);
    Server const back(from_parent, "back", tcp, 80);
    std::string const there = child.state.ip_address;
    BOOST_TEST(is_silent(from_parent, tcp, there, 80));

    Link const link { parent.state.ip_address, there, { { tcp, 80, "", 0 }, { udp, 53, "", 0 } } };
    BOOST_REQUIRE(network.link(id_of(1), link));
    BOOST_REQUIRE(network.link(id_of(1), link)); // a second alias
    BOOST_TEST(ask(from_parent, tcp, there, 80).starts_with("web"));
    BOOST_TEST(ask(from_parent, udp, there, 53).starts_with("dns"));
    BOOST_TEST(is_silent(from_parent, tcp, there, 81));
    BOOST_TEST(is_silent(stranger.name_space.get(), tcp, there, 80));
    BOOST_TEST(is_silent(from_child, tcp, parent.state.ip_address, 80));
    BOOST_TEST(is_silent(from_child, tcp, parent.state.ip_address, 80, 80)); // by the port it answers from

    network.unlink(id_of(1), link);
    BOOST_TEST(ask(from_parent, tcp, there, 80).starts_with("web"));
    network.unlink(id_of(1), link);
    network.unlink(id_of(1), link);
    BOOST_TEST(is_silent(from_parent, tcp, there, 80));

    // A link ends with either end.
    BOOST_REQUIRE(network.link(id_of(1), link));
    network.disconnect(id_of(2));
    BOOST_TEST(is_silent(from_parent, tcp, there, 80));
    BOOST_TEST(!network.link(id_of(1), link)); // or the address's next owner would be open
    BOOST_TEST(!network.link(id_of(9), link));
    BOOST_TEST(!network.link(id_of(1), { "x", "y", {} }));
}

void check_published()
{
    World world;
    auto& network = world.start(separated());
    network.adopted_all();
    auto const a = network.connect(id_of(1), { { tcp, 80, "", 8080 } }).value(),
               b = network.connect(id_of(2), {}).value();
    Server const web(a.name_space.get(), "web", tcp, 80), secret(a.name_space.get(), "secret", tcp, 81);
    BOOST_TEST(ask(b.name_space.get(), tcp, "172.17.42.1", 8080).starts_with("web"));
    BOOST_TEST(ask(a.name_space.get(), tcp, "172.17.42.1", 8080).starts_with("web"));
    BOOST_TEST(is_silent(b.name_space.get(), tcp, a.state.ip_address, 81));
    BOOST_TEST(ask(-1, tcp, a.state.ip_address, 81).starts_with("secret"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_separation)

BOOST_AUTO_TEST_CASE(separated_containers_need_links)
{
    on_own_host([] { check_links(); });
}

BOOST_AUTO_TEST_CASE(separated_containers_need_links_without_bridge_netfilter_too)
{
    on_own_host([] {
        (void)write_sysctl("bridge/bridge-nf-call-iptables", "0");
        check_links();
    });
}

BOOST_AUTO_TEST_CASE(separated_containers_reach_published_ports)
{
    on_own_host([] { check_published(); });
    on_own_host([] {
        (void)write_sysctl("bridge/bridge-nf-call-iptables", "0");
        check_published();
    });
}

BOOST_AUTO_TEST_CASE(the_api_is_out_of_reach_of_containers)
{
    on_own_host([] {
        World world;
        Options options;
        options.api_ports = { 4243, 4244 };
        auto& network = world.start(options);
        network.adopted_all();
        auto const container = network.connect(id_of(1), {}).value();
        Server const api(-1, "api", tcp, 4243), other(-1, "other", tcp, 4245);
        BOOST_TEST(ask(-1, tcp, "127.0.0.1", 4243).starts_with("api"));
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 4243).starts_with("api"));
        for (std::string const host : { "172.17.42.1", "198.51.100.1", "127.0.0.1" })
            BOOST_TEST(ask(container.name_space.get(), tcp, host, 4243) == "refused", host);
        BOOST_TEST(ask(container.name_space.get(), tcp, "172.17.42.1", 4245).starts_with("other"));
        world.stop();
        options.api_reachable = true;
        auto& second = world.start(options);
        second.adopt(id_of(1), container.state);
        second.adopted_all();
        BOOST_TEST(ask(container.name_space.get(), tcp, "172.17.42.1", 4243).starts_with("api"));
    });
}

BOOST_AUTO_TEST_CASE(loopback_of_the_host_is_closed_to_containers)
{
    on_own_host([] {
        if (!has_program("ip"))
            return;
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const container = network.connect(id_of(1), {}).value();
        Server const local(-1, "local", udp, 9000);
        // What a privileged container could do: send the host packets for 127.0.0.2.
        within(container.name_space.get(), [] {
            (void)write_sysctl("ipv4/conf/all/route_localnet", "1");
            output_of("ip route del local 127.0.0.0/8 table local; ip route add 127.0.0.2 via 172.17.42.1");
        });
        BOOST_TEST(is_silent(container.name_space.get(), udp, "127.0.0.2", 9000));
    });
}

BOOST_AUTO_TEST_SUITE_END()
