#include "api/wire/progress.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(raw_messages)
{
    BOOST_TEST(wire::raw_progress({ .status = "text" }) == "text\r\n");
    BOOST_TEST(wire::raw_progress({}) == "\r\n");
    BOOST_TEST(wire::raw_progress({ .status = "Importing", .progress = "1/2" }) == "Importing 1/2\r");
    BOOST_TEST(wire::raw_progress({ .error = "no" }) == "Error: no\r\n");
    BOOST_TEST(wire::raw_progress({ .error = "a\r\nb" }) == "Error: a  b\r\n");
}

BOOST_AUTO_TEST_CASE(json_messages_leave_out_what_is_empty)
{
    BOOST_TEST(wire::encode_progress({}, wire::all_fields) == "{}");
    BOOST_TEST(wire::encode_progress({ .error = "a\nb" }, ~wire::FieldSet { 1 })
        == R"({"error":"a\nb","errorDetail":{"message":"a\nb"}})");
    BOOST_TEST(wire::encode_progress({ .status = "A", .progress = "P", .id = "i" }, ~wire::FieldSet { 1 })
        == R"({"status":"A","progress":"P","id":"i"})");
}

BOOST_AUTO_TEST_CASE(the_oldest_json_form_has_progress_without_status)
{
    BOOST_TEST(wire::encode_progress({ .status = "A", .progress = "P" }, 0b1101) == R"({"progress":"P"})");
    BOOST_TEST(wire::encode_progress({ .status = "A" }, 0b1101) == R"({"status":"A"})");
}

BOOST_AUTO_TEST_SUITE_END()
