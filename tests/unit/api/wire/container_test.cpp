#include <boost/test/unit_test.hpp>

#include "api/wire/container_details.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/replies.hpp"

using namespace staithe;

BOOST_AUTO_TEST_SUITE(container)

constexpr int64_t second = 1'000'000'000;

BOOST_AUTO_TEST_CASE(status_tells_up_exit_or_ghost)
{
    BOOST_TEST(wire::status_text({}, 5) == "Exit 0");
    BOOST_TEST(wire::status_text({ .exit_code = 137 }, 5) == "Exit 137");
    BOOST_TEST(wire::status_text({ .exit_code = -127 }, 5) == "Exit -127");
    BOOST_TEST(wire::status_text({ .running = true, .started_ns = 10 * second }, 13 * second) == "Up 3 seconds");
    BOOST_TEST(wire::status_text({ .running = true, .ghost = true }, 5) == "Ghost");
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_a_list)
{
    BOOST_TEST(wire::encode_container_list({}, wire::all_fields, 0) == "[]");
}

BOOST_AUTO_TEST_CASE(fields_outside_the_set_are_not_written)
{
    api::ContainerSummary one;
    one.id = "a";
    BOOST_TEST(wire::encode_container_list({ one, one }, 1, 0) == R"([{"Id":"a"},{"Id":"a"}])");
    BOOST_TEST(wire::encode_container_list({ one }, 0, 0) == "[{}]");
}

BOOST_AUTO_TEST_CASE(the_command_of_a_container_is_escaped)
{
    api::ContainerSummary one;
    one.command = "sh -c \"a && b\" \xFF";
    BOOST_TEST(
        wire::encode_container_list({ one }, 1 << 2, 0) == R"([{"Command":"sh -c \"a \u0026\u0026 b\" \ufffd"}])");
}

BOOST_AUTO_TEST_CASE(times_of_a_container_that_never_ran_are_zero)
{
    auto const text = wire::encode_container({}, {});
    BOOST_TEST(text.find(R"("StartedAt":"0001-01-01T00:00:00Z","FinishedAt":"0001-01-01T00:00:00Z")") != text.npos);
}

BOOST_AUTO_TEST_CASE(volumes_are_null_before_the_first_start)
{
    api::ContainerDetails details;
    auto const ends_with = [&](std::string_view end) { return wire::encode_container(details, {}).ends_with(end); };
    BOOST_TEST(ends_with(R"("Volumes":null,"VolumesRW":null})"));
    details.volumes.emplace();
    BOOST_TEST(ends_with(R"("Volumes":{},"VolumesRW":{}})"));
    details.volumes->emplace("/b", api::VolumeMount { "/srv", false });
    details.volumes->emplace("/a \"", api::VolumeMount { "/v/1", true });
    BOOST_TEST(ends_with(R"("Volumes":{"/a \"":"/v/1","/b":"/srv"},"VolumesRW":{"/a \"":true,"/b":false}})"));
}

BOOST_AUTO_TEST_CASE(ports_are_null_without_an_address)
{
    api::ContainerDetails details;
    wire::DetailsFields fields;
    fields.network = 0b11010110; // IPAddress, IpPrefixLen, Gateway, flat mapping, mapping by protocol
    auto const holds = [&](std::string_view part) {
        return wire::encode_container(details, fields).find(part) != std::string::npos;
    };
    BOOST_TEST(holds(R"({"IPAddress":"","IpPrefixLen":0,"Gateway":"","PortMapping":null,"PortMapping":null})"));
    details.network.ip_address = "10.0.0.2", details.network.gateway = "10.0.0.1", details.network.prefix_length = 16;
    BOOST_TEST(holds(R"({"IPAddress":"10.0.0.2","IpPrefixLen":16,"Gateway":"10.0.0.1",)"
                     R"("PortMapping":{},"PortMapping":{"Tcp":{},"Udp":{}}})"));
}

BOOST_AUTO_TEST_CASE(warnings_are_null_or_left_out_when_there_are_none)
{
    api::CreatedContainer created { std::string(64, 'c'), {} };
    BOOST_TEST(wire::encode_created(created, 0b011) == R"({"Id":"cccccccccccc","Warnings":null})");
    BOOST_TEST(wire::encode_created(created, 0b101) == R"({"Id":"cccccccccccc"})");
    created.warnings = { "w1", "w2" };
    BOOST_TEST(wire::encode_created(created, 0b011) == R"({"Id":"cccccccccccc","Warnings":["w1","w2"]})");
    BOOST_TEST(wire::encode_created(created, 0b101) == R"({"Id":"cccccccccccc","Warnings":["w1","w2"]})");
}

BOOST_AUTO_TEST_CASE(exit_codes)
{
    BOOST_TEST(wire::encode_exit(0) == R"({"StatusCode":0})");
    BOOST_TEST(wire::encode_exit(-1) == R"({"StatusCode":-1})");
}

BOOST_AUTO_TEST_SUITE_END()
