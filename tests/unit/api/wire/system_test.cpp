#include "api/wire/system.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(system_facts)

BOOST_AUTO_TEST_CASE(drivers_tell_state_and_reason)
{
    api::DriverInfo const driver { .kind = "storage",
        .name = "overlay",
        .summary = "s",
        .version = "1",
        .package = "p",
        .file = "/f",
        .state = "unusable",
        .reason = "no <overlay>",
        .is_default = true };
    BOOST_TEST(wire::encode_drivers({ driver })
        == R"([{"Kind":"storage","Name":"overlay","State":"unusable","Reason":"no \u003coverlay\u003e","Default":true,)"
           R"("Summary":"s","Version":"1","Package":"p","File":"/f"}])");
    BOOST_TEST(wire::encode_drivers({}) == "[]");
}

BOOST_AUTO_TEST_CASE(versions_leave_out_what_is_unknown)
{
    BOOST_TEST(wire::encode_version({ .version = "0.1.0", .git_commit = "", .compiler = "" }, wire::all_fields)
        == R"({"Version":"0.1.0"})");
    BOOST_TEST(wire::encode_version({ "0.1.0", "abc", "g++ 12" }, wire::all_fields)
        == R"({"Version":"0.1.0","GitCommit":"abc","GoVersion":"g++ 12"})");
}

BOOST_AUTO_TEST_CASE(drivers_that_cannot_be_asked_are_null)
{
    api::SystemInfo const info;
    api::SystemVersion const version;
    auto const text = wire::encode_info({ &info, &version, nullptr }, wire::all_fields);
    BOOST_TEST(text.ends_with(R"("Drivers":null})"));
}

BOOST_AUTO_TEST_SUITE_END()
