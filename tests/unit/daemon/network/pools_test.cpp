#include <boost/test/unit_test.hpp>

#include "daemon/network/address_pool.hpp"
#include "daemon/network/port_pool.hpp"

using namespace staithe;
using namespace staithe::network;

namespace {

AddressPool pool_of(char const* subnet)
{
    return AddressPool(Subnet::parse(subnet).value());
}

std::string next(AddressPool& pool)
{
    auto const address = pool.take();
    return address ? address.value().text() : address.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_pools)

BOOST_AUTO_TEST_CASE(addresses_count_up)
{
    auto pool = pool_of("172.17.42.1/16");
    BOOST_TEST(next(pool) == "172.17.0.2");
    BOOST_TEST(next(pool) == "172.17.0.3");
    pool.give_back(Address::parse("172.17.0.2").value());
    BOOST_TEST(next(pool) == "172.17.0.4");
}

BOOST_AUTO_TEST_CASE(addresses_return_after_a_round_only)
{
    auto pool = pool_of("192.168.42.4/29"); // .0 to .7; the bridge .4, the network's .0 and .1, broadcast .7
    for (std::string const expected : { "192.168.42.2", "192.168.42.3", "192.168.42.5", "192.168.42.6" })
        BOOST_TEST(next(pool) == expected);
    auto const exhausted = pool.take();
    BOOST_REQUIRE(!exhausted);
    BOOST_TEST(exhausted.error().code == STAITHE_UNAVAILABLE);
    BOOST_TEST(exhausted.error().message == "No unallocated IP available");
    pool.give_back(Address::parse("192.168.42.5").value());
    pool.give_back(Address::parse("192.168.42.2").value());
    BOOST_TEST(next(pool) == "192.168.42.2");
    BOOST_TEST(next(pool) == "192.168.42.5");
    BOOST_TEST(pool.used() == 4u);
}

BOOST_AUTO_TEST_CASE(small_networks_have_few_addresses)
{
    auto tiny = pool_of("192.168.42.1/30");
    BOOST_TEST(next(tiny) == "192.168.42.2");
    BOOST_TEST(next(tiny) == "No unallocated IP available");
    for (char const* subnet : { "192.168.42.1/31", "192.168.42.1/32", "255.255.255.255/32" }) {
        auto none = pool_of(subnet);
        BOOST_TEST(next(none) == "No unallocated IP available");
    }
    auto last = pool_of("255.255.255.253/30");
    BOOST_TEST(next(last) == "255.255.255.254");
    BOOST_TEST(next(last) == "No unallocated IP available");
}

BOOST_AUTO_TEST_CASE(marked_addresses_are_not_given)
{
    auto pool = pool_of("172.17.42.1/16");
    pool.mark(Address::parse("172.17.0.2").value());
    pool.mark(Address::parse("10.1.1.1").value());
    BOOST_TEST(next(pool) == "172.17.0.3");
}

BOOST_AUTO_TEST_CASE(a_port_is_taken_once)
{
    PortPool ports;
    BOOST_REQUIRE(ports.take(80));
    auto const again = ports.take(80);
    BOOST_REQUIRE(!again);
    BOOST_TEST(again.error().code == STAITHE_CONFLICT);
    BOOST_TEST(again.error().message == "Port already in use: 80");
    ports.give_back(80);
    BOOST_REQUIRE(ports.take(80));
}

BOOST_AUTO_TEST_CASE(random_ports_go_round_in_order)
{
    PortPool ports;
    BOOST_REQUIRE(ports.take(49154));
    BOOST_TEST(ports.take_random().value() == 49153);
    BOOST_TEST(ports.take_random().value() == 49155);
    ports.give_back(49153);
    for (int port = 49156; port <= 65534; ++port)
        BOOST_REQUIRE(ports.take_random().value() == port);
    BOOST_TEST(ports.take_random().value() == 49153);
    auto const none = ports.take_random();
    BOOST_REQUIRE(!none);
    BOOST_TEST(none.error().code == STAITHE_UNAVAILABLE);
}

BOOST_AUTO_TEST_SUITE_END()
