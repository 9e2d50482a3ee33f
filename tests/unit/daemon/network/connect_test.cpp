#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "daemon/network/sysctl.hpp"
#include "daemon/os/kernel.hpp"
#include "tests/unit/daemon/network/world.hpp"

using namespace staithe;
using namespace staithe::network;

namespace {

size_t pairs()
{
    size_t count = 0;
    auto const text = output_of("cat /proc/thread-self/net/dev");
    for (size_t at = text.find("stv"); at != std::string::npos; at = text.find("stv", at + 1))
        ++count;
    return count;
}

/// Interfaces vanish in the kernel's own time.
bool pairs_become(size_t wanted)
{
    for (int tried = 0; tried < 500; ++tried) {
        if (pairs() == wanted)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_connect)

BOOST_AUTO_TEST_CASE(a_container_gets_an_address_and_reaches_the_world)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        BOOST_TEST(network.enabled());
        BOOST_TEST(network.bridge() == "staithe0");
        auto const endpoint = network.connect(id_of(1), {});
        BOOST_REQUIRE(endpoint);
        auto const& state = endpoint.value().state;
        BOOST_TEST(state.ip_address == "172.17.0.2");
        BOOST_TEST(state.gateway == "172.17.42.1");
        BOOST_TEST(state.bridge == "staithe0");
        BOOST_TEST(state.prefix_length == 16);
        BOOST_TEST(state.ports.empty());

        int const inside = endpoint.value().name_space.get();
        Server const far(world.outside.get(), "far", tcp, 80), near(-1, "host", udp, 53);
        BOOST_TEST(ask(inside, tcp, "198.51.100.2", 80) == "far for 198.51.100.1"); // masqueraded
        BOOST_TEST(ask(inside, udp, "172.17.42.1", 53) == "host for 172.17.0.2");
        Server const loop(inside, "self", tcp, 7000);
        BOOST_TEST(ask(inside, tcp, "127.0.0.1", 7000) == "self for 127.0.0.1");
        BOOST_TEST(ask(-1, tcp, "172.17.0.2", 7000) == "self for 172.17.42.1");
        within(inside, [] {
            BOOST_TEST(read_sysctl("ipv6/conf/eth0/disable_ipv6").value() == "1");
            BOOST_TEST(read_sysctl("ipv6/conf/eth0/accept_ra").value() == "0");
        });
        within(-1, [] { BOOST_TEST(read_sysctl("ipv6/conf/staithe0/accept_ra").value() == "0"); });
    });
}

BOOST_AUTO_TEST_CASE(containers_reach_each_other)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const a = network.connect(id_of(1), {}), b = network.connect(id_of(2), {});
        BOOST_REQUIRE(a);
        BOOST_REQUIRE(b);
        Server const server(a.value().name_space.get(), "a", tcp, 80);
        BOOST_TEST(ask(b.value().name_space.get(), tcp, "172.17.0.2", 80) == "a for 172.17.0.3");
    });
}

BOOST_AUTO_TEST_CASE(the_subnet_is_remembered_and_an_existing_bridge_used_as_it_is)
{
    on_own_host([] {
        World world;
        world.start();
        world.stop();
        store::Contents after;
        world.store.reset();
        world.store = store::Store::open(world.directory, after).value();
        BOOST_TEST(after.settings["network.subnet"] == "172.17.42.1/16");
        if (!has_program("ip"))
            return;
        output_of("ip link add own0 type bridge; ip address add 10.99.0.129/25 dev own0");
        Options options;
        options.bridge = "own0";
        auto const endpoint = world.start(options).connect(id_of(1), {});
        BOOST_REQUIRE(endpoint);
        BOOST_TEST(endpoint.value().state.ip_address == "10.99.0.130");
        BOOST_TEST(endpoint.value().state.gateway == "10.99.0.129");
        BOOST_TEST(endpoint.value().state.prefix_length == 25);
    });
}

BOOST_AUTO_TEST_CASE(what_is_no_bridge_is_refused)
{
    on_own_host([] {
        World world;
        Options options;
        for (std::string const name : { "uplink", "lo", "../etc", "a b", "x;y" }) {
            options.bridge = name;
            BOOST_TEST(!Network::create(options, *world.store, {}, world.log), name);
        }
        options.bridge = "staithe0";
        options.default_host_ip = "localhost";
        BOOST_TEST(!Network::create(options, *world.store, {}, world.log));
    });
}

BOOST_AUTO_TEST_CASE(a_second_daemon_in_the_same_network_is_refused)
{
    on_own_host([] {
        World world;
        world.start();
        Options options;
        options.bridge = "other0";
        auto const second = Network::create(options, *world.store, {}, world.log);
        BOOST_REQUIRE(!second);
        BOOST_TEST(second.error().code == STAITHE_BUSY);
        BOOST_TEST(second.error().message.find("--bridge=none") != std::string::npos);
        options.bridge = "none";
        BOOST_TEST(bool(Network::create(options, *world.store, {}, world.log)));
    });
}

BOOST_AUTO_TEST_CASE(without_a_bridge_there_is_loopback_only)
{
    on_own_host([] {
        World world;
        Options options;
        options.bridge = "none";
        auto& network = world.start(options);
        BOOST_TEST(!network.enabled());
        BOOST_TEST(!network.connect(id_of(1), {}));
        BOOST_TEST(!std::filesystem::exists("/proc/sys/net/ipv4/conf/staithe0"));
    });
}

BOOST_AUTO_TEST_CASE(an_id_is_connected_once_and_must_be_one)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const first = network.connect(id_of(1), {});
        BOOST_REQUIRE(first);
        BOOST_TEST(!network.connect(id_of(1), {}));
        BOOST_TEST(pairs() == 1u);
        for (std::string const id : { "", "x", "../../etc/passwd", "\"; flush ruleset", "aaaaaaaaA" })
            BOOST_TEST(!network.connect(id, {}));
        network.disconnect(id_of(1));
        network.disconnect(id_of(1));
        network.disconnect("nonsense");
        auto const second = network.connect(id_of(1), {});
        BOOST_REQUIRE(second);
        BOOST_TEST(second.value().state.ip_address == "172.17.0.3");
    });
}

BOOST_AUTO_TEST_CASE(the_pair_of_an_ended_run_is_in_nobodys_way)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const last = network.connect(id_of(1), {});
        BOOST_REQUIRE(last);
        network.disconnect(id_of(1)); // its namespace is still there
        auto const next = network.connect(id_of(1), {});
        BOOST_TEST(static_cast<bool>(next));
    });
}

BOOST_AUTO_TEST_CASE(connecting_is_quick)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        std::vector<double> milliseconds;
        for (int i = 1; i <= 60; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            auto const begin = std::chrono::steady_clock::now();
            auto const endpoint = network.connect(id_of(i), {});
            std::chrono::duration<double, std::milli> const took = std::chrono::steady_clock::now() - begin;
            BOOST_REQUIRE(endpoint);
            milliseconds.push_back(took.count());
            network.disconnect(id_of(i));
        }
        std::sort(milliseconds.begin(), milliseconds.end());
        BOOST_TEST_MESSAGE("connect: median " << milliseconds[30] << " ms, least " << milliseconds[0] << " ms");
        BOOST_TEST(milliseconds[0] < 20);
    });
}

BOOST_AUTO_TEST_CASE(many_threads_may_connect_and_disconnect)
{
    on_own_host([] {
        World world;
        auto& network = world.start();
        network.adopted_all();
        auto const rules = output_of("nft list ruleset");
        std::atomic<int> failures = 0;
        std::vector<std::thread> threads;
        for (int thread = 1; thread <= 4; ++thread) {
            threads.emplace_back([&, thread] {
                auto const port = static_cast<uint16_t>(8000 + thread);
                for (int i = 0; i < 20; ++i) {
                    auto const endpoint = network.connect(id_of(thread), { { tcp, 80, "", port }, { udp, 53, "", 0 } });
                    failures += endpoint ? 0 : 1;
                    network.disconnect(id_of(thread));
                }
            });
        }
        for (auto& thread : threads)
            thread.join();
        BOOST_TEST(failures == 0);
        BOOST_TEST(pairs_become(0));
        BOOST_TEST(output_of("nft list ruleset") == rules);
    });
}

BOOST_AUTO_TEST_CASE(five_hundred_containers_come_and_go_without_a_trace)
{
    on_own_host([] {
        World world;
        BOOST_REQUIRE(os::raise_descriptor_limit());
        auto& network = world.start();
        network.adopted_all();
        network.connect(id_of(0), { { tcp, 80, "", 0 } }).value().name_space.reset();
        network.disconnect(id_of(0));
        BOOST_REQUIRE(pairs_become(0));
        int const descriptors = os::open_descriptors();
        auto const rules = output_of("nft list ruleset");
        std::vector<UniqueFd> name_spaces;
        auto const begin = std::chrono::steady_clock::now();
        for (int i = 1; i <= 500; ++i) {
            auto endpoint =
                network.connect(id_of(i), { { tcp, 80, "", static_cast<uint16_t>(10000 + i) }, { udp, 53, "", 0 } });
            BOOST_REQUIRE_MESSAGE(endpoint, (endpoint ? "" : endpoint.error().message));
            name_spaces.push_back(std::move(endpoint.value().name_space));
        }
        auto const connected = std::chrono::steady_clock::now();
        BOOST_TEST(pairs() == 500u);
        Server const last(name_spaces.back().get(), "last", tcp, 80);
        BOOST_TEST(ask(world.outside.get(), tcp, "198.51.100.1", 10500) == "last for 198.51.100.2");
        auto const middle = std::chrono::steady_clock::now();
        for (int i = 1; i <= 500; ++i)
            network.disconnect(id_of(i));
        auto const end = std::chrono::steady_clock::now();
        name_spaces.clear();
        BOOST_TEST(can_listen(tcp, 10001));
        auto const per = [](auto from, auto to) {
            return std::chrono::duration<double, std::milli>(to - from).count() / 500;
        };
        BOOST_TEST_MESSAGE("connect " << per(begin, connected) << " ms, disconnect " << per(middle, end) << " ms");
        BOOST_TEST(output_of("nft list ruleset") == rules);
        BOOST_TEST(pairs_become(1)); // the server of this test keeps its own
        BOOST_TEST(os::open_descriptors() <= descriptors + 2);
    });
}

BOOST_AUTO_TEST_SUITE_END()
