#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(events)

namespace {

constexpr int64_t second = 1'000'000'000;

api::Event event(std::string const& status)
{
    return { 1, 1'384'000'000 * second + 7, status, "cccccccccccc", "busybox:latest" };
}

std::string text(std::string const& status)
{
    return R"({"status":")" + status + R"(","id":"cccccccccccc","from":"busybox:latest","time":1384000000})";
}

} // namespace

BOOST_AUTO_TEST_CASE(the_head_leaves_before_anything_happens)
{
    Exchange exchange;
    House house;
    house.call({ "GET", "/events" }, exchange);
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.stream_type == "application/json");
    BOOST_TEST(exchange.chunks.empty());
    BOOST_TEST(!exchange.ended);
    BOOST_TEST(house.events.followers() == 1u);
}

BOOST_AUTO_TEST_CASE(each_event_is_one_chunk_history_first)
{
    Exchange exchange;
    House house;
    house.events.history = { event("create"), event("start") };
    house.call({ "GET", "/events", { { "since", "1" } } }, exchange);
    BOOST_TEST(exchange.chunks == (Texts { text("create"), text("start") }));
    house.events.happen(event("die"));
    BOOST_TEST(exchange.chunks == (Texts { text("create"), text("start"), text("die") }));
}

BOOST_DATA_TEST_CASE(events_tell_the_image_from_1_4_on, boost::unit_test::data::xrange(7), minor)
{
    Exchange exchange;
    House house;
    house.call({ "GET", "/events", {}, {}, { 1, minor } }, exchange);
    house.events.happen(event("start"));
    BOOST_TEST(exchange.chunks.at(0)
        == (minor >= 4 ? text("start") : R"({"status":"start","id":"cccccccccccc","time":1384000000})"));
}

BOOST_AUTO_TEST_CASE(since_is_lenient_and_beyond_2038)
{
    Exchange exchange;
    House house;
    for (auto const& [since, seconds] : std::initializer_list<std::pair<char const*, int64_t>> {
             { "1384000000", 1'384'000'000 }, { "4102444800", 4'102'444'800 }, { "", 0 }, { "x", 0 }, { "1.5", 0 } }) {
        house.call({ "GET", "/events", { { "since", since } } }, exchange);
        BOOST_TEST(house.events.since_s == seconds, since);
    }
    house.call({ "GET", "/events" }, exchange);
    BOOST_TEST(house.events.since_s == 0);
}

BOOST_AUTO_TEST_CASE(a_history_that_cannot_be_read_is_an_error)
{
    House house;
    house.events.error = Error { STAITHE_IO, 0, "cannot read the journal" };
    BOOST_TEST(house.outcome({ "GET", "/events" }) == "500 cannot read the journal");
}

BOOST_AUTO_TEST_CASE(everybody_is_told)
{
    Exchange one, two;
    House house;
    house.call({ "GET", "/events" }, one);
    house.call({ "GET", "/events" }, two);
    house.events.happen(event("start"));
    BOOST_TEST(one.chunks.size() == 1u);
    BOOST_TEST(two.chunks.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_is_forgotten)
{
    Exchange one, two;
    House house;
    house.call({ "GET", "/events" }, one);
    house.call({ "GET", "/events" }, two);
    one.client_goes();
    BOOST_TEST(one.ended);
    BOOST_TEST(house.events.followers() == 1u);
    house.events.happen(event("start"));
    BOOST_TEST(one.chunks.empty());
    BOOST_TEST(two.chunks.size() == 1u);
    one.client_goes();
    BOOST_TEST(house.events.followers() == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_that_had_gone_is_never_kept)
{
    Exchange exchange;
    House house;
    Call call { "GET", "/events" };
    call.client_is_gone = true;
    house.call(call, exchange);
    BOOST_TEST(exchange.ended);
    BOOST_TEST(house.events.followers() == 0u);
}

BOOST_AUTO_TEST_CASE(listeners_end_with_the_router_and_clients_may_go_later)
{
    Exchange exchange;
    {
        House house;
        house.call({ "GET", "/events" }, exchange);
    }
    BOOST_TEST(exchange.ended);
    exchange.client_goes();
}

BOOST_AUTO_TEST_SUITE_END()
