#include "cli/format.hpp"

#include <boost/test/unit_test.hpp>

#include "cli/signals.hpp"
#include "cli/table.hpp"

using namespace staithe::cli;

BOOST_AUTO_TEST_SUITE(format)

BOOST_AUTO_TEST_CASE(sizes_parsed)
{
    std::pair<char const*, int64_t> const table[] = { { "0", 0 }, { "524288", 524288 }, { "1b", 1 },
        { "64m", 64 << 20 }, { "64M", 64 << 20 }, { "64mb", 64 << 20 }, { "512k", 512 << 10 }, { "512KB", 512 << 10 },
        { "1g", 1 << 30 }, { "2t", int64_t { 2 } << 40 }, { "9223372036854775807", INT64_MAX } };
    for (auto const& [text, expected] : table) {
        auto const size = parse_size(text);
        BOOST_REQUIRE_MESSAGE(size, text);
        BOOST_TEST(size.value() == expected);
    }
}

BOOST_AUTO_TEST_CASE(sizes_refused)
{
    for (auto const* text : { "", "m", "-1", "-1m", "1x", "1.5g", "1 m", " 1m", "64mbb", "bb1", "9223372036854775808",
             "9007199254740992k", "8388608t" })
        BOOST_TEST(!parse_size(text), text);
}

BOOST_AUTO_TEST_CASE(sizes_printed)
{
    std::pair<int64_t, char const*> const table[] = { { 0, "0 B" }, { 999, "999 B" }, { 1000, "1 kB" },
        { 24650, "24.65 kB" }, { 1048576, "1.049 MB" }, { 1073741824, "1.074 GB" } };
    for (auto const& [bytes, expected] : table)
        BOOST_TEST(human_size(bytes) == expected);
}

BOOST_AUTO_TEST_CASE(durations)
{
    std::pair<int64_t, char const*> const table[] = { { -5, "Less than a second" }, { 0, "Less than a second" },
        { 1, "1 second" }, { 59, "59 seconds" }, { 60, "About a minute" }, { 119, "About a minute" },
        { 120, "2 minutes" }, { 3599, "59 minutes" }, { 3600, "About an hour" }, { 7200, "2 hours" },
        { 47 * 3600, "47 hours" }, { 48 * 3600, "2 days" }, { 13 * 86400, "13 days" }, { 14 * 86400, "2 weeks" },
        { 89 * 86400, "12 weeks" }, { 90 * 86400, "3 months" }, { 729 * 86400, "24 months" },
        { 731 * 86400, "2 years" } };
    for (auto const& [seconds, expected] : table)
        BOOST_TEST(human_duration(seconds) == expected);
    BOOST_TEST(human_age(1000, 1120) == "2 minutes ago");
}

BOOST_AUTO_TEST_CASE(seconds)
{
    BOOST_TEST(parse_seconds("0").value() == 0);
    BOOST_TEST(parse_seconds("10").value() == 10);
    for (auto const* text : { "", "x", "-1", "1s", "99999999999" })
        BOOST_TEST(!parse_seconds(text), text);
}

BOOST_AUTO_TEST_CASE(signals_by_name_and_number)
{
    BOOST_TEST(parse_signal("TERM").value() == 15);
    BOOST_TEST(parse_signal("SIGTERM").value() == 15);
    BOOST_TEST(parse_signal("sigkill").value() == 9);
    BOOST_TEST(parse_signal("hup").value() == 1);
    BOOST_TEST(parse_signal("10").value() == 10);
    for (auto const* text : { "", "0", "-1", "65", "SIG", "SIGNONE", "9x" })
        BOOST_TEST(!parse_signal(text), text);
}

BOOST_AUTO_TEST_CASE(terminal_is_not_commanded)
{
    BOOST_TEST(printable("a\x1b[31mb\x7f\n") == "a?[31mb??");
    BOOST_TEST(printable("\xc2\x9b"
                         "31m")
        == "?31m");
    BOOST_TEST(printable("Grüße") == "Grüße");
}

BOOST_AUTO_TEST_CASE(shortened_by_characters)
{
    BOOST_TEST(shortened("abc", 3) == "abc");
    BOOST_TEST(shortened("abcd", 3) == "ab…");
    BOOST_TEST(shortened("äöüß", 3) == "äö…");
    BOOST_TEST(columns("äöü…") == 4u);
}

BOOST_AUTO_TEST_CASE(tables_are_aligned)
{
    Table table({ "A", "LONG", "C" });
    table.add({ "äöü", "x", "1" });
    table.add({ "y", "\n", "" });
    BOOST_TEST(table.text() == "A     LONG   C\näöü   x      1\ny     ?\n");
}

BOOST_AUTO_TEST_SUITE_END()
