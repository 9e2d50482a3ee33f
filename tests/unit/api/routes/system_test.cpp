#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;

BOOST_AUTO_TEST_SUITE(system_routes)

BOOST_AUTO_TEST_CASE(version_tells_the_program)
{
    House house;
    auto const answer = house.reply({ "GET", "/version" });
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.content_type == "application/json");
    BOOST_TEST(answer.body == R"({"Version":"0.1.0","GitCommit":"abc","GoVersion":"g++ 12"})");
}

BOOST_AUTO_TEST_CASE(info_lists_drivers_at_every_version)
{
    House house;
    api::DriverInfo driver;
    driver.name = "lxc";
    driver.state = "unusable";
    driver.reason = "no cgroup; mount one";
    house.drivers.list = std::vector { driver };
    for (auto const version : versions::accepted()) {
        auto const answer = house.reply({ "GET", "/info", {}, {}, version });
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(
            answer.body.find(R"("Drivers":[{"Kind":"","Name":"lxc","State":"unusable","Reason":"no cgroup; mount one")")
            != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(info_answers_without_its_drivers)
{
    House house;
    house.drivers.list = Error { STAITHE_CANCELLED, 0, "driver host hangs" };
    auto const answer = house.reply({ "GET", "/info" });
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body.ends_with(R"("Drivers":null})"));
}

BOOST_AUTO_TEST_CASE(info_passes_errors_on)
{
    House house;
    house.system.facts = Error { STAITHE_IO, 0, "cannot read state" };
    BOOST_TEST(house.outcome({ "GET", "/info" }) == "500 cannot read state");
}

BOOST_AUTO_TEST_CASE(ping_names_the_newest_version)
{
    House house;
    for (auto const* method : { "GET", "HEAD" }) {
        auto const answer = house.reply({ method, "/_ping" });
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(answer.headers.at(0).first == "API-Version");
        BOOST_TEST(answer.headers.at(0).second == "1.6");
    }
    BOOST_TEST(house.reply({ "GET", "/_ping" }).body == "OK");
}

BOOST_AUTO_TEST_CASE(drivers_are_listed_on_their_own)
{
    House house;
    BOOST_TEST(house.outcome({ "GET", "/staithe/v1/drivers" }) == "200 []");
    house.drivers.list = Error { STAITHE_IO, 0, "cannot list" };
    BOOST_TEST(house.outcome({ "GET", "/staithe/v1/drivers" }) == "500 cannot list");
}

BOOST_AUTO_TEST_CASE(the_range_is_1_0_to_1_6)
{
    auto const range = routes::api_range();
    BOOST_TEST(range.oldest.to_string() == "1.0");
    BOOST_TEST(range.newest.to_string() == "1.6");
}

BOOST_AUTO_TEST_SUITE_END()
