#include "daemon/log/json_lines.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::log;

namespace {

std::string json_of(std::vector<Record> const& records)
{
    JsonLines lines;
    std::string out;
    for (auto const& record : records)
        lines.add(record, out);
    lines.finish(out);
    return out;
}

Record out(std::string_view bytes, int64_t time = 0)
{
    return { { Stream::Out, static_cast<uint32_t>(bytes.size()), time }, bytes };
}

std::string line(std::string_view text, std::string_view stream = "stdout")
{
    return "{\"log\":\"" + std::string(text) + "\",\"stream\":\"" + std::string(stream)
        + "\",\"time\":\"1970-01-01T00:00:00.000000000Z\"}\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_lines)

BOOST_AUTO_TEST_CASE(records_become_lines_of_their_stream)
{
    Record err = out("E\n");
    err.header.stream = Stream::Err;
    BOOST_TEST(json_of({ out("a\nb"), err, out("c\nd") })
        == line("a\\n") + line("E\\n", "stderr") + line("bc\\n") + line("d"));
}

BOOST_AUTO_TEST_CASE(text_is_escaped_and_what_is_not_utf8_replaced)
{
    BOOST_TEST(json_of({ out(std::string_view("\"\\\t\r\0\x1b", 6)) }) == line("\\\"\\\\\\t\\r\\u0000\\u001b"));
    BOOST_TEST(
        json_of({ out("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") }) == line("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    BOOST_TEST(json_of({ out("a\xff\xc0\x80z\xed\xa0\x80\xe2\x82") })
        == line("a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
}

BOOST_AUTO_TEST_CASE(sequence_cut_by_two_records_is_whole)
{
    BOOST_TEST(json_of({ out("\xe2\x82"), out("\xac\n") }) == line("\xe2\x82\xac\\n"));
}

BOOST_AUTO_TEST_CASE(line_has_the_time_of_its_first_byte)
{
    auto const json = json_of({ out("a", 1'385'114'400'000'000'001), out("b\n", 1'385'114'401'000'000'000) });
    BOOST_TEST(json == "{\"log\":\"ab\\n\",\"stream\":\"stdout\",\"time\":\"2013-11-22T10:00:00.000000001Z\"}\n");
}

BOOST_AUTO_TEST_CASE(endless_line_is_given_in_pieces)
{
    std::string const block(60'000, 'x');
    std::vector<Record> const records(100, out(block));
    auto const json = json_of(records);
    BOOST_TEST(std::count(json.begin(), json.end(), '\n') >= 5);
}

BOOST_AUTO_TEST_SUITE_END()
