// Ports as clients write them, and what a start asks the network for.
#include "daemon/containers/ports.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/containers/port_spec.hpp"

using namespace staithe;
using namespace staithe::containers;

namespace {

/// "80/tcp@1.2.3.4:8080 …", or the error.
std::string requested(store::ContainerRecord const& record)
{
    auto const requests = port_requests(record);
    if (!requests)
        return requests.error().message;
    std::string text;
    for (auto const& request : requests.value())
        text += (text.empty() ? "" : " ") + key_of({ request.protocol, request.container_port, {}, 0 }) + "@"
            + request.host_ip + ":" + std::to_string(request.host_port);
    return text;
}

std::string shown(std::vector<api::Port> const& ports)
{
    std::string text;
    for (auto const& port : ports)
        text += (text.empty() ? "" : " ") + key_of(port) + "@" + port.host_ip + ":" + std::to_string(port.host_port);
    return text;
}

store::ContainerRecord bound(std::map<std::string, std::vector<api::PortBinding>> bindings)
{
    store::ContainerRecord record;
    record.host_config.port_bindings = std::move(bindings);
    return record;
}

store::ContainerRecord with_specs(std::vector<std::string> specs)
{
    store::ContainerRecord record;
    record.config.port_specs = std::move(specs);
    record.publish_port_specs = true;
    return record;
}

} // namespace

BOOST_AUTO_TEST_CASE(bindings_are_requests)
{
    BOOST_TEST(
        requested(bound({ { "80/tcp", { { "", "8080" }, { "127.0.0.1", "" } } }, { "53/udp", { { "", "0" } } } }))
        == "53/udp@:0 80/tcp@:8080 80/tcp@127.0.0.1:0");
    BOOST_TEST(requested(bound({ { "80", { { "", "1" } } } })) == "80/tcp@:1");
    BOOST_TEST(requested(bound({ { "80/tcp", {} } })).empty()); // exposed only
    BOOST_TEST(requested(bound({ { "80/tcp", { { "", "x" } } } })) == "Invalid hostPort: x");
    BOOST_TEST(requested(bound({ { "80/tcp", { { "", "65536" } } } })) == "Invalid hostPort: 65536");
    BOOST_TEST(requested(bound({ { "80/tcp", { { "host", "1" } } } })) == "Invalid hostIp: host");
    BOOST_TEST(requested(bound({ { "80/sctp", { { "", "1" } } } })) == "Invalid port format: unknown protocol sctp.");
    BOOST_TEST(requested(bound({ { "0/tcp", { { "", "1" } } } })) == "Invalid containerPort: 0");
}

BOOST_AUTO_TEST_CASE(historic_specs_publish_where_the_record_says_so)
{
    BOOST_TEST(requested(with_specs({ "80", ":81", "8080:82", "53/udp", "1.2.3.4:9:83", "1.2.3.4::84" }))
        == "53/udp@:0 80/tcp@:0 81/tcp@:81 82/tcp@:8080 83/tcp@1.2.3.4:9 84/tcp@1.2.3.4:0");
    auto record = with_specs({ "8080:80", "81" });
    record.host_config.port_bindings = { { "80/tcp", { { "0.0.0.0", "49153" } } }, { "81/tcp", {} } };
    BOOST_TEST(requested(record) == "80/tcp@0.0.0.0:49153 81/tcp@:0"); // the chosen port is asked for again
    record.publish_port_specs = false;
    BOOST_TEST(requested(record) == "80/tcp@0.0.0.0:49153");
}

BOOST_AUTO_TEST_CASE(all_exposed_ports_where_asked)
{
    auto record = bound({ { "80/tcp", { { "", "8080" } } } });
    record.config.exposed_ports = { "80/tcp", "81/tcp", "53/udp", "9/sctp" };
    record.host_config.publish_all_ports = true;
    BOOST_TEST(requested(record) == "53/udp@:0 80/tcp@:8080 81/tcp@:0");
}

BOOST_AUTO_TEST_CASE(chosen_ports_are_remembered)
{
    auto record = bound({ { "80", { { "", "" } } }, { "9/tcp", {} } });
    remember_ports(record.host_config,
        { { api::Protocol::Tcp, 80, "0.0.0.0", 49153 }, { api::Protocol::Tcp, 80, "1.2.3.4", 49154 },
            { api::Protocol::Udp, 53, "0.0.0.0", 49153 } });
    BOOST_TEST(requested(record) == "53/udp@0.0.0.0:49153 80/tcp@0.0.0.0:49153 80/tcp@1.2.3.4:49154");
    BOOST_TEST(record.host_config.port_bindings.contains("9/tcp"));
    BOOST_TEST(!record.host_config.port_bindings.contains("80"));
}

BOOST_AUTO_TEST_CASE(visible_are_published_and_exposed_ones)
{
    store::ContainerRecord record;
    record.config.exposed_ports = { "80/tcp", "80/udp", "443/tcp", "7/tcp" };
    BOOST_TEST(visible_ports(record).empty()); // no network
    record.network.ip_address = "10.0.0.2";
    record.network.ports = { { api::Protocol::Tcp, 80, "0.0.0.0", 8080 }, { api::Protocol::Tcp, 90, "1.2.3.4", 9 } };
    BOOST_TEST(shown(visible_ports(record)) == "7/tcp@:0 80/tcp@0.0.0.0:8080 80/udp@:0 90/tcp@1.2.3.4:9 443/tcp@:0");
}
