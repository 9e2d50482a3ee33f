#include "api/wire/process_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(process_table)

BOOST_AUTO_TEST_CASE(no_process_is_null)
{
    BOOST_TEST(wire::encode_process_table({ { "PID" }, {} }) == R"({"Titles":["PID"],"Processes":null})");
    BOOST_TEST(wire::encode_process_list({ { "PID" }, {} }) == "null");
}

BOOST_AUTO_TEST_CASE(the_table_is_written_as_it_is)
{
    BOOST_TEST(wire::encode_process_table({ { "PID", "CMD" }, { { "1", "sh -c \"a\"" }, { "2", "b" } } })
        == R"({"Titles":["PID","CMD"],"Processes":[["1","sh -c \"a\""],["2","b"]]})");
}

BOOST_AUTO_TEST_CASE(the_list_finds_its_columns_by_title)
{
    BOOST_TEST(wire::encode_process_list({ { "CMD", "PID", "TIME", "TTY" }, { { "sh", "1", "00:00:01", "?" } } })
        == R"([{"PID":"1","Tty":"?","Time":"00:00:01","Cmd":"sh"}])");
    BOOST_TEST(
        wire::encode_process_list({ { "PID", "CMD" }, { { "1" } } }) == R"([{"PID":"1","Tty":"","Time":"","Cmd":""}])");
}

BOOST_AUTO_TEST_SUITE_END()
