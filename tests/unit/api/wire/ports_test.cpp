#include "api/wire/ports.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;
using api::Protocol;
using wire::ShowAddress;
using wire::ShowProtocol;
using Ports = std::vector<api::Port>;

BOOST_AUTO_TEST_SUITE(ports)

namespace {

template <class F, class... Rest> std::string written(F put, Ports const& of, Rest... rest)
{
    std::string text;
    wire::JsonWriter out(text);
    put(out, of, rest...);
    return text;
}

Ports const none, one { { Protocol::Tcp, 80, "0.0.0.0", 49153 } };
Ports const exposed { { Protocol::Tcp, 80, "", 0 } };
Ports const many { { Protocol::Tcp, 53, "", 0 }, { Protocol::Udp, 53, "0.0.0.0", 49155 },
    { Protocol::Tcp, 80, "127.0.0.1", 8080 }, { Protocol::Tcp, 80, "0.0.0.0", 49153 },
    { Protocol::Tcp, 443, "0.0.0.0", 443 } };

} // namespace

BOOST_AUTO_TEST_CASE(the_text_lists_what_is_published_sorted_as_texts)
{
    BOOST_TEST(written(wire::put_ports_text, none, ShowProtocol::Yes) == R"("")");
    BOOST_TEST(written(wire::put_ports_text, exposed, ShowProtocol::Yes) == R"("")");
    BOOST_TEST(written(wire::put_ports_text, one, ShowProtocol::Yes) == R"("49153-\u003e80")");
    BOOST_TEST(written(wire::put_ports_text, many, ShowProtocol::Yes)
        == R"("443-\u003e443, 49153-\u003e80, 49155-\u003e53/udp, 8080-\u003e80")");
    BOOST_TEST(written(wire::put_ports_text, many, ShowProtocol::No)
        == R"("443-\u003e443, 49153-\u003e80, 49155-\u003e53, 8080-\u003e80")");
}

BOOST_AUTO_TEST_CASE(the_list_of_1_5_has_no_addresses)
{
    BOOST_TEST(written(wire::put_ports_list, none, ShowAddress::No) == "[]");
    BOOST_TEST(written(wire::put_ports_list, exposed, ShowAddress::No) == "[]");
    BOOST_TEST(written(wire::put_ports_list, one, ShowAddress::No)
        == R"([{"PrivatePort":80,"PublicPort":49153,"Type":"tcp"}])");
}

BOOST_AUTO_TEST_CASE(the_list_of_1_6_has_exposed_ports_as_public_ones)
{
    BOOST_TEST(written(wire::put_ports_list, exposed, ShowAddress::Yes)
        == R"([{"PrivatePort":0,"PublicPort":80,"Type":"tcp","IP":""}])");
    BOOST_TEST(written(wire::put_ports_list, Ports { { Protocol::Udp, 53, "10.0.0.1", 53 } }, ShowAddress::Yes)
        == R"([{"PrivatePort":53,"PublicPort":53,"Type":"udp","IP":"10.0.0.1"}])");
}

BOOST_AUTO_TEST_CASE(the_flat_mapping_has_each_number_once)
{
    BOOST_TEST(written(wire::put_flat_mapping, none) == "{}");
    BOOST_TEST(written(wire::put_flat_mapping, exposed) == "{}");
    BOOST_TEST(written(wire::put_flat_mapping, many) == R"({"443":"443","53":"49155","80":"8080"})");
}

BOOST_AUTO_TEST_CASE(the_mapping_by_protocol_always_has_both)
{
    BOOST_TEST(written(wire::put_mapping_by_protocol, none) == R"({"Tcp":{},"Udp":{}})");
    BOOST_TEST(
        written(wire::put_mapping_by_protocol, many) == R"({"Tcp":{"443":"443","80":"8080"},"Udp":{"53":"49155"}})");
}

BOOST_AUTO_TEST_CASE(the_map_of_ports_has_null_for_what_is_exposed_only)
{
    BOOST_TEST(written(wire::put_port_map, none) == "{}");
    BOOST_TEST(written(wire::put_port_map, exposed) == R"({"80/tcp":null})");
    BOOST_TEST(written(wire::put_port_map, many)
        == R"({"443/tcp":[{"HostIp":"0.0.0.0","HostPort":"443"}],"53/tcp":null,)"
           R"("53/udp":[{"HostIp":"0.0.0.0","HostPort":"49155"}],)"
           R"("80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"},{"HostIp":"0.0.0.0","HostPort":"49153"}]})");
}

BOOST_AUTO_TEST_SUITE_END()
