#include "api/wire/event.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(event)

BOOST_AUTO_TEST_CASE(keys_have_their_order_and_time_is_in_seconds)
{
    api::Event const start { 9, 1'384'000'000'999'999'999, "start", "cccccccccccc", "a:b" };
    BOOST_TEST(wire::encode_event(start, wire::all_fields)
        == R"({"status":"start","id":"cccccccccccc","from":"a:b","time":1384000000})");
    BOOST_TEST(wire::encode_event(start, 0b1011) == R"({"status":"start","id":"cccccccccccc","time":1384000000})");
}

BOOST_AUTO_TEST_CASE(from_is_left_out_when_there_is_none)
{
    BOOST_TEST(wire::encode_event({ 9, 0, "untag", "ffffffffffff", "" }, wire::all_fields)
        == R"({"status":"untag","id":"ffffffffffff","time":0})");
}

BOOST_AUTO_TEST_SUITE_END()
