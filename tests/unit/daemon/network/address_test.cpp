#include <boost/test/unit_test.hpp>

#include "daemon/network/address.hpp"

using namespace staithe;
using namespace staithe::network;

BOOST_AUTO_TEST_SUITE(network_address)

BOOST_AUTO_TEST_CASE(addresses_are_read_and_written)
{
    for (std::string const text : { "0.0.0.0", "127.0.0.1", "172.17.42.1", "255.255.255.255" }) {
        auto const address = Address::parse(text);
        BOOST_REQUIRE_MESSAGE(address, text);
        BOOST_TEST(address.value().text() == text);
    }
    BOOST_TEST(Address::parse("127.1.2.3").value().is_loopback());
    BOOST_TEST(!Address::parse("128.0.0.1").value().is_loopback());
}

BOOST_AUTO_TEST_CASE(everything_else_is_no_address)
{
    for (std::string const text :
        { "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "0x7f.0.0.1", " 1.2.3.4", "1.2.3.4 ",
            "1.2.3.4\n", "::1", "localhost", "1.2.3.4; flush ruleset", "1.2.3.4 } ; delete table inet x" }) {
        auto const address = Address::parse(text);
        BOOST_TEST(!address, "'" << text << "' was taken for an address");
    }
    BOOST_TEST(!Address::parse(std::string("1.2.3.4\0x", 9)));
}

BOOST_AUTO_TEST_CASE(subnets_know_their_members)
{
    auto const subnet = Subnet::parse("172.17.42.1/16").value();
    BOOST_TEST(subnet.text() == "172.17.42.1/16");
    BOOST_TEST(subnet.network().text() == "172.17.0.0");
    BOOST_TEST(subnet.broadcast().text() == "172.17.255.255");
    BOOST_TEST(subnet.contains(Address::parse("172.17.255.3").value()));
    BOOST_TEST(!subnet.contains(Address::parse("172.18.0.0").value()));
    BOOST_TEST(Subnet::parse("1.2.3.4/0").value().contains(Address::parse("9.9.9.9").value()));
    BOOST_TEST(Subnet::parse("1.2.3.4/32").value().broadcast().text() == "1.2.3.4");
}

BOOST_AUTO_TEST_CASE(subnets_overlap_both_ways)
{
    auto const overlap = [](char const* a, char const* b) {
        auto const one = Subnet::parse(a).value(), other = Subnet::parse(b).value();
        BOOST_TEST(one.overlaps(other) == other.overlaps(one));
        return one.overlaps(other);
    };
    BOOST_TEST(overlap("10.0.42.1/16", "10.0.42.1/24"));
    BOOST_TEST(overlap("10.0.0.0/8", "10.1.42.1/16"));
    BOOST_TEST(!overlap("10.0.42.1/16", "10.1.42.1/16"));
    BOOST_TEST(overlap("0.0.0.0/0", "10.1.42.1/16"));
}

BOOST_AUTO_TEST_CASE(nonsense_is_no_subnet)
{
    for (std::string const text :
        { "", "/", "1.2.3.4", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/1x", "1.2.3.4/ 8", "/8", "1.2.3/8" })
        BOOST_TEST(!Subnet::parse(text), "'" << text << "' was taken for a subnet");
}

BOOST_AUTO_TEST_SUITE_END()
