#include "api/wire/config.hpp"
#include "api/wire/create_request.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace staithe;
namespace data = boost::unit_test::data;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(config)

namespace {

Result<api::ContainerConfig> decode_config(std::string_view body)
{
    return wire::read_config(STAITHE_TRY(wire::parse_json(body)));
}

std::string encoded(api::ContainerConfig const& config, wire::FieldSet set = wire::all_fields)
{
    std::string text;
    wire::JsonWriter out(text);
    wire::put_object(out, wire::config_fields(), config, set);
    return text;
}

constexpr std::string_view full = R"({"Hostname":"h","Domainname":"d","User":"u","Memory":1048576,"MemorySwap":-1,)"
                                  R"("CpuShares":512,"AttachStdin":true,"AttachStdout":true,"AttachStderr":true,)"
                                  R"("PortSpecs":["80"],"ExposedPorts":{"53/udp":{},"80/tcp":{}},"Tty":true,)"
                                  R"("OpenStdin":true,"StdinOnce":true,"Env":["A=1","B="],"Cmd":["sh","-c"],)"
                                  R"("Dns":["8.8.8.8"],"Image":"busybox","Volumes":{"/data":{}},"VolumesFrom":"x",)"
                                  R"("WorkingDir":"/w","Entrypoint":["/e"],"NetworkDisabled":true,"Privileged":true})";

} // namespace

BOOST_AUTO_TEST_CASE(every_key_goes_both_ways)
{
    auto const config = decode_config(full);
    BOOST_REQUIRE(config);
    BOOST_TEST(encoded(config.value()) == full);
}

BOOST_AUTO_TEST_CASE(keys_match_in_any_case)
{
    std::string lower(full);
    for (auto const* key : { "Hostname", "CpuShares", "OpenStdin", "ExposedPorts", "Entrypoint" })
        for (auto at = lower.find(key); auto& c : std::span(lower).subspan(at, strlen(key)))
            c = static_cast<char>(tolower(c));
    BOOST_TEST(encoded(decode_config(lower).value()) == full);
}

BOOST_AUTO_TEST_CASE(an_empty_object_is_all_defaults)
{
    BOOST_TEST(encoded(decode_config("{}").value())
        == R"({"Hostname":"","Domainname":"","User":"","Memory":0,"MemorySwap":0,"CpuShares":0,"AttachStdin":false,)"
           R"("AttachStdout":false,"AttachStderr":false,"PortSpecs":null,"ExposedPorts":{},"Tty":false,)"
           R"("OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Dns":null,"Image":"","Volumes":{},)"
           R"("VolumesFrom":"","WorkingDir":"","Entrypoint":null,"NetworkDisabled":false,"Privileged":false})");
}

BOOST_AUTO_TEST_CASE(null_and_unknown_keys_change_nothing)
{
    auto const text = R"({"Hostname":null,"Env":null,"Memory":null,"Tty":null,"Volumes":null,"Labels":{"a":"b"},
        "OnBuild":null,"Anything":[1,{"x":2.5}],"HostConfig":null})";
    BOOST_TEST(encoded(decode_config(text).value()) == encoded({}));
}

BOOST_AUTO_TEST_CASE(empty_and_absent_lists_are_told_apart)
{
    auto const config = decode_config(R"({"Env":[],"Cmd":[]})").value();
    BOOST_TEST(config.env.has_value());
    BOOST_TEST(config.command->empty());
    BOOST_TEST(!config.dns.has_value());
}

BOOST_AUTO_TEST_CASE(ports_without_protocol_are_tcp)
{
    auto const config = decode_config(R"({"ExposedPorts":{"80":{},"53/udp":{}}})").value();
    BOOST_TEST((config.exposed_ports == std::set<std::string> { "80/tcp", "53/udp" }));
}

BOOST_AUTO_TEST_CASE(limits_of_a_nested_host_config_count)
{
    auto const config =
        decode_config(R"({"HostConfig":{"Memory":4194304,"Privileged":true,"NetworkMode":"default"}})").value();
    BOOST_TEST(config.memory == 4'194'304);
    BOOST_TEST(config.privileged);
}

BOOST_AUTO_TEST_CASE(what_moved_to_the_host_config_counts)
{
    auto const config = decode_config(R"({"VolumesFrom":null,"HostConfig":
        {"Dns":["8.8.8.8"],"VolumesFrom":["a","b:ro"],"NetworkMode":"none"}})")
                            .value();
    BOOST_TEST(config.dns->at(0) == "8.8.8.8");
    BOOST_TEST(config.volumes_from == "a,b:ro");
    BOOST_TEST(config.network_disabled);
    BOOST_TEST(!decode_config(R"({"HostConfig":{"NetworkMode":"default"}})").value().network_disabled);
    BOOST_TEST(!decode_config(R"({"HostConfig":{"VolumesFrom":"a"}})"));
}

struct Mistake {
    char const* body;
    char const* message;
    friend std::ostream& operator<<(std::ostream& out, Mistake const& m) { return out << m.body; }
};

static Mistake const mistakes[] = {
    { "[]", "cannot use list as object for 'Config'" },
    { R"({"Hostname":5})", "cannot use number as text for 'Hostname'" },
    { R"({"Hostname":["a"]})", "cannot use list as text for 'Hostname'" },
    { R"({"Memory":"1"})", "cannot use text as number for 'Memory'" },
    { R"({"Memory":1.5})", "cannot use this number for 'Memory': not a whole number" },
    { R"({"Memory":1e3})", "cannot use this number for 'Memory': not a whole number" },
    { R"({"Memory":9223372036854775808})", "invalid JSON: number does not fit in 64 bits" },
    { R"({"CpuShares":true})", "cannot use boolean as number for 'CpuShares'" },
    { R"({"Tty":1})", "cannot use number as boolean for 'Tty'" },
    { R"({"Tty":"true"})", "cannot use text as boolean for 'Tty'" },
    { R"({"Cmd":"sh"})", "cannot use text as list for 'Cmd'" },
    { R"({"Cmd":["sh",1]})", "cannot use number as text for 'Cmd'" },
    { R"({"Env":[null]})", "cannot use null as text for 'Env'" },
    { R"({"Env":{}})", "cannot use object as list for 'Env'" },
    { R"({"Volumes":[]})", "cannot use list as object for 'Volumes'" },
    { R"({"ExposedPorts":"80"})", "cannot use text as object for 'ExposedPorts'" },
    { R"({"HostConfig":[]})", "cannot use list as object for 'HostConfig'" },
};

BOOST_DATA_TEST_CASE(wrong_types_are_named, data::make(mistakes), mistake)
{
    auto const config = decode_config(mistake.body);
    BOOST_REQUIRE(!config);
    BOOST_TEST(config.error().code == STAITHE_INVALID);
    BOOST_TEST(config.error().message == mistake.message);
}

BOOST_AUTO_TEST_CASE(numbers_never_wrap)
{
    for (auto const* number : { "100000000000000000000", "-9223372036854775809", "1e400", "-1e400", "NaN", "0.1" })
        BOOST_TEST(!decode_config(std::string(R"({"Memory":)") + number + "}"), number);
    BOOST_TEST(decode_config(R"({"Memory":-9223372036854775808})").value().memory == INT64_MIN);
}

BOOST_AUTO_TEST_SUITE_END()
