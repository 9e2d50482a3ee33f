#include <boost/test/unit_test.hpp>

#include "daemon/network/bridge.hpp"

using namespace staithe;
using namespace staithe::network;

namespace {

std::string chosen(std::string const& preferred, std::vector<std::string> const& taken,
    std::vector<std::string> const& nameservers = {})
{
    std::vector<Subnet> subnets;
    for (auto const& text : taken)
        subnets.push_back(Subnet::parse(text).value());
    std::vector<Address> addresses;
    for (auto const& text : nameservers)
        addresses.push_back(Address::parse(text).value());
    auto const subnet = choose_subnet(preferred, subnets, addresses);
    return subnet ? subnet.value().text() : "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(network_bridge)

BOOST_AUTO_TEST_CASE(the_first_free_candidate_is_chosen)
{
    BOOST_TEST(chosen("", {}) == "172.17.42.1/16");
    BOOST_TEST(chosen("", { "172.17.3.0/24" }) == "10.0.42.1/16");
    BOOST_TEST(chosen("", { "172.16.0.0/12", "10.0.0.0/9" }) == "192.168.42.1/24");
    BOOST_TEST(chosen("", { "172.17.0.0/16" }, { "10.0.0.2" }) == "10.1.42.1/16");
    BOOST_TEST(chosen("", { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16" }) == "none");
}

BOOST_AUTO_TEST_CASE(the_remembered_subnet_comes_first_if_it_is_free)
{
    BOOST_TEST(chosen("10.42.42.1/16", {}) == "10.42.42.1/16");
    BOOST_TEST(chosen("10.42.42.1/16", { "10.42.0.0/24" }) == "172.17.42.1/16");
    BOOST_TEST(chosen("nonsense", {}) == "172.17.42.1/16");
}

BOOST_AUTO_TEST_CASE(nameservers_are_read)
{
    auto const found =
        nameservers_of("# nameserver 1.1.1.1\nnameserver 8.8.8.8\n nameserver\t9.9.9.9 # x\n"
                       "nameserver ::1\nnameserver\nsearch a b\nnameserver 300.1.1.1\nnameserver 7.7.7.7");
    std::vector<Address> const expected = { Address::parse("8.8.8.8").value(), Address::parse("9.9.9.9").value(),
        Address::parse("7.7.7.7").value() };
    BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(names_that_could_do_harm_are_refused)
{
    for (std::string const name : { "staithe0", "br-1.2", "a", "abcdefghijklmno" })
        BOOST_TEST(bool(check_bridge_name(name)), name);
    for (std::string const name :
        { "", ".", "..", "abcdefghijklmnop", "a/b", "../x", "a b", "a\"", "a\n", "br;flush", "é" })
        BOOST_TEST(!check_bridge_name(name), name);
}

BOOST_AUTO_TEST_SUITE_END()
