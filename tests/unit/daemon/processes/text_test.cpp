#include "daemon/processes/text.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/processes/terminal.hpp"
#include "daemon/processes/times.hpp"

using namespace staithe::processes;

BOOST_AUTO_TEST_CASE(only_printable_text_is_shown)
{
    std::pair<std::string_view, std::string_view> const rows[] = {
        { "", "" }, { "plain ~", "plain ~" }, { "äöü €𝄞", "äöü €𝄞" }, { { "a\0b\x1b[2J\n\t\x7f", 10 }, "a?b?[2J???" },
        { "\x80\xff\xc3", "???" }, // no beginning, none at all, no end
        { "\xc0\xaf\xe0\x80\xaf", "?????" }, // overlong
        { "\xed\xa0\x80", "???" }, // a surrogate
        { "\xf4\x90\x80\x80", "????" }, // beyond Unicode
        { "\xc2\x85x\xe2\x80\xa8", "??x???" }, // C1 control, line separator
    };
    for (auto const& [bytes, text] : rows)
        BOOST_TEST(printable(bytes) == text);
}

BOOST_AUTO_TEST_CASE(times_as_ps_writes_them)
{
    BOOST_TEST(days_and_time(3661) == "01:01:01");
    BOOST_TEST(days_and_time(2 * 86400 + 59) == "2-00:00:59");
    BOOST_TEST(elapsed_time(0) == "00:00");
    BOOST_TEST(elapsed_time(3599) == "59:59");
    BOOST_TEST(elapsed_time(3600) == "01:00:00");
    BOOST_TEST(elapsed_time(86400) == "1-00:00:00");
    BOOST_TEST(minutes_and_seconds(61 * 60 + 5) == "61:05");
    time_t const now = 1'700'000'000;
    BOOST_TEST(time_or_date(now - 5, now).size() == 8u);
    BOOST_TEST(time_or_date(now - 90'000, now).size() == 6u);
    BOOST_TEST(short_date(now - 5 * 86400, now).size() == 5u);
    BOOST_TEST(short_date(now - 800 * 86400, now) == "2021");
    BOOST_TEST(bsd_date(now - 90'000, now).size() == 6u);
}

BOOST_AUTO_TEST_CASE(terminals_by_number)
{
    BOOST_TEST(terminal_name(0) == "?");
    BOOST_TEST(terminal_name(136 << 8 | 3) == "pts/3");
    BOOST_TEST(terminal_name(137 << 8 | 1) == "pts/257");
    BOOST_TEST(terminal_name(4 << 8 | 1) == "tty1");
    BOOST_TEST(terminal_name(4 << 8 | 64) == "ttyS0");
    BOOST_TEST(terminal_name(5 << 8 | 1) == "console");
}
