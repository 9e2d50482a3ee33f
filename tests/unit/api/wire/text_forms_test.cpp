#include "api/wire/text_forms.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::wire;

BOOST_AUTO_TEST_SUITE(text_forms)

constexpr int64_t second = 1'000'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

BOOST_AUTO_TEST_CASE(times_are_rfc3339_with_the_digits_they_need)
{
    BOOST_TEST(time_text(0) == "0001-01-01T00:00:00Z");
    BOOST_TEST(time_text(1) == "1970-01-01T00:00:00.000000001Z");
    BOOST_TEST(time_text(1'384'000'000 * second) == "2013-11-09T12:26:40Z");
    BOOST_TEST(time_text(1'384'000'000 * second + 120'000'000) == "2013-11-09T12:26:40.12Z");
    BOOST_TEST(time_text(951'782'400 * second) == "2000-02-29T00:00:00Z");
    BOOST_TEST(time_text(4'107'542'400 * second) == "2100-03-01T00:00:00Z");
    BOOST_TEST(time_text(-second) == "1969-12-31T23:59:59Z");
    BOOST_TEST(time_text(-1) == "1969-12-31T23:59:59.999999999Z");
}

BOOST_AUTO_TEST_CASE(spans_are_told_in_words)
{
    BOOST_TEST(span_text(-5 * second) == "Less than a second");
    BOOST_TEST(span_text(second - 1) == "Less than a second");
    BOOST_TEST(span_text(second) == "1 seconds");
    BOOST_TEST(span_text(59 * second) == "59 seconds");
    BOOST_TEST(span_text(minute) == "About a minute");
    BOOST_TEST(span_text(2 * minute) == "2 minutes");
    BOOST_TEST(span_text(hour) == "About an hour");
    BOOST_TEST(span_text(47 * hour) == "47 hours");
    BOOST_TEST(span_text(48 * hour) == "2 days");
    BOOST_TEST(span_text(13 * day) == "13 days");
    BOOST_TEST(span_text(14 * day) == "2 weeks");
    BOOST_TEST(span_text(90 * day) == "3 months");
    BOOST_TEST(span_text(730 * day) == "2.000000 years");
}

BOOST_AUTO_TEST_CASE(sizes_are_decimal_with_four_digits)
{
    BOOST_TEST(size_text(0) == "0 B");
    BOOST_TEST(size_text(999) == "999 B");
    BOOST_TEST(size_text(1000) == "1 kB");
    BOOST_TEST(size_text(24'650) == "24.65 kB");
    BOOST_TEST(size_text(1'048'576) == "1.049 MB");
    BOOST_TEST(size_text(100'000'000'000) == "100 GB");
    BOOST_TEST(size_text(UINT64_MAX) == "18.45 EB");
}

BOOST_AUTO_TEST_CASE(progress_is_aligned_in_eight_columns)
{
    BOOST_TEST(progress_text(524'288, 1'048'576) == "524.3 kB/1.049 MB (50%)");
    BOOST_TEST(progress_text(0, 10) == "     0 B/10 B (0%)");
    BOOST_TEST(progress_text(10, 10) == "    10 B/10 B (100%)");
    BOOST_TEST(progress_text(524'288, 0) == "  524288/? (n/a)");
}

BOOST_AUTO_TEST_CASE(short_ids_have_twelve_digits)
{
    BOOST_TEST(short_id(std::string(64, 'a')) == std::string(12, 'a'));
    BOOST_TEST(short_id("abc") == "abc");
}

BOOST_AUTO_TEST_SUITE_END()
