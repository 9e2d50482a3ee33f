#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;

BOOST_AUTO_TEST_SUITE(container_life)

namespace {

Error const unknown { STAITHE_NOT_FOUND, 0, "No such container: web" };
http::Request::Fields const json { { "content-type", "application/json" } };
std::string const binds = R"({"Binds":["/a:/b"]})";

} // namespace

BOOST_DATA_TEST_CASE(start_answers_204_at_every_version, boost::unit_test::data::xrange(7), minor)
{
    House house;
    auto const answer = house.reply({ "POST", "/containers/web/start", {}, {}, { 1, minor } });
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(answer.body.empty());
    BOOST_TEST(!house.containers.host_config.has_value());
}

BOOST_AUTO_TEST_CASE(start_reads_a_json_body)
{
    House house;
    BOOST_TEST(house.outcome({ "POST", "/containers/web/start", {}, binds, { 1, 6 }, json }) == "204");
    BOOST_TEST(house.containers.host_config.value().binds.at(0) == "/a:/b");
    house.reply({ "POST", "/containers/web/start", {}, binds, { 1, 6 },
        { { "content-type", "application/json; charset=utf-8" } } });
    BOOST_TEST(house.containers.host_config.has_value());
}

BOOST_AUTO_TEST_CASE(start_with_an_empty_json_body_is_a_start_without_body)
{
    House house;
    for (auto const* body : { "", " \r\n", "null", " null " }) {
        BOOST_TEST(house.outcome({ "POST", "/containers/web/start", {}, body, { 1, 6 }, json }) == "204");
        BOOST_TEST(!house.containers.host_config.has_value());
    }
}

BOOST_AUTO_TEST_CASE(start_with_an_empty_object_replaces_the_stored_config)
{
    House house;
    house.reply({ "POST", "/containers/web/start", {}, "{}", { 1, 6 }, json });
    BOOST_TEST(house.containers.host_config.has_value());
}

BOOST_AUTO_TEST_CASE(start_reads_json_of_another_type_on_the_unix_socket_only)
{
    House house;
    Call call { "POST", "/containers/web/start", {}, binds, { 1, 6 }, { { "content-type", "text/plain" } } };
    house.reply(call);
    BOOST_TEST(house.containers.host_config.has_value());
    call.listener = http::Listener::Tcp;
    house.reply(call);
    BOOST_TEST(!house.containers.host_config.has_value());
}

BOOST_AUTO_TEST_CASE(start_ignores_a_body_that_is_no_json)
{
    House house;
    Call const call { "POST", "/containers/web/start", {}, "hello", { 1, 6 }, { { "content-type", "plain/text" } } };
    BOOST_TEST(house.outcome(call) == "204");
    BOOST_TEST(!house.containers.host_config.has_value());
}

BOOST_AUTO_TEST_CASE(start_refuses_bad_json)
{
    House house;
    for (auto const* body : { "{", "[]", R"({"Binds":"x"})", "{}{}" })
        BOOST_TEST(house.reply({ "POST", "/containers/web/start", {}, body, { 1, 6 }, json }).status == 400, body);
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(start_failures_are_500_with_their_cause)
{
    House house;
    house.containers.error =
        Error { STAITHE_CONFLICT, 0, "Cannot start container web: The container is already running." };
    BOOST_TEST(house.outcome({ "POST", "/containers/web/start" })
        == "500 Cannot start container web: The container is already running.");
}

BOOST_AUTO_TEST_CASE(stop_and_restart_read_their_grace)
{
    House house;
    for (auto const* verb : { "stop", "restart" })
        for (auto const& [t, seconds] : std::initializer_list<std::pair<char const*, int>> {
                 { "5", 5 }, { "0", 0 }, { "", 10 }, { "x", 10 }, { "-1", 10 }, { "99999999999", 10 } }) {
            std::string const path = std::string("/containers/web/") + verb;
            BOOST_TEST(house.outcome({ "POST", path, { { "t", t } } }) == "204");
            BOOST_TEST(house.containers.calls.back() == std::string(verb) + " web " + std::to_string(seconds));
        }
}

BOOST_AUTO_TEST_CASE(stop_without_t_waits_ten_seconds)
{
    House house;
    house.reply({ "POST", "/containers/web/stop" });
    BOOST_TEST(house.containers.calls.back() == "stop web 10");
}

BOOST_AUTO_TEST_CASE(kill_takes_numbers_and_names)
{
    House house;
    for (auto const& [signal, number] : std::initializer_list<std::pair<char const*, char const*>> {
             { "", "0" }, { "0", "0" }, { "9", "9" }, { "TERM", "15" }, { "hup", "1" } }) {
        BOOST_TEST(house.outcome({ "POST", "/containers/web/kill", { { "signal", signal } } }) == "204");
        BOOST_TEST(house.containers.calls.back() == std::string("kill web ") + number);
    }
}

BOOST_AUTO_TEST_CASE(kill_refuses_what_is_no_signal)
{
    House house;
    BOOST_TEST(house.outcome({ "POST", "/containers/web/kill", { { "signal", "SIGFOO" } } })
        == R"(500 strconv.ParseInt: parsing "SIGFOO": invalid syntax)");
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(resize_needs_both_numbers)
{
    House house;
    auto const answer = house.reply({ "POST", "/containers/web/resize", { { "h", "24" }, { "w", "80" } } });
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body.empty());
    BOOST_TEST(house.containers.calls.back() == "resize web 24 80");
    BOOST_TEST(house.outcome({ "POST", "/containers/web/resize", { { "h", "" }, { "w", "" } } })
        == R"(500 strconv.ParseInt: parsing "": invalid syntax)");
    BOOST_TEST(house.outcome({ "POST", "/containers/web/resize", { { "h", "24" }, { "w", "x" } } })
        == R"(500 strconv.ParseInt: parsing "x": invalid syntax)");
    BOOST_TEST(house.containers.calls.size() == 1u);
}

BOOST_AUTO_TEST_CASE(wait_answers_when_the_container_ends)
{
    House house;
    Exchange exchange;
    house.call({ "POST", "/containers/web/wait" }, exchange);
    BOOST_TEST(!exchange.reply.has_value());
    house.containers.waiter(137);
    BOOST_TEST(exchange.reply->status == 200);
    BOOST_TEST(exchange.reply->content_type == "application/json");
    BOOST_TEST(exchange.reply->body == R"({"StatusCode":137})");
    BOOST_TEST(!house.containers.withdrawn);
}

BOOST_AUTO_TEST_CASE(wait_is_withdrawn_when_the_client_goes)
{
    House house;
    Exchange exchange;
    house.call({ "POST", "/containers/web/wait" }, exchange);
    exchange.client_goes();
    BOOST_TEST(house.containers.withdrawn);
    BOOST_TEST(!exchange.reply.has_value());
}

BOOST_AUTO_TEST_CASE(every_verb_on_an_unknown_container_is_404)
{
    House house;
    house.containers.error = unknown;
    http::Request::Fields const size { { "h", "1" }, { "w", "1" } };
    for (auto const* verb : { "start", "stop", "restart", "kill", "resize", "wait" })
        BOOST_TEST(
            house.outcome({ "POST", std::string("/containers/web/") + verb, size }) == "404 No such container: web",
            verb);
}

BOOST_AUTO_TEST_SUITE_END()
