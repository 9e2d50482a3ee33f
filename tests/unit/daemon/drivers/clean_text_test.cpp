#include "daemon/drivers/clean_text.hpp"

#include <boost/test/unit_test.hpp>

using staithe::drivers::clean_text;

BOOST_AUTO_TEST_SUITE(clean_text_of_drivers)

BOOST_AUTO_TEST_CASE(keeps_valid_text)
{
    BOOST_CHECK_EQUAL(clean_text("cannot mount 'größe 日本 😀'"), "cannot mount 'größe 日本 😀'");
}

BOOST_AUTO_TEST_CASE(replaces_controls_and_broken_sequences)
{
    BOOST_CHECK_EQUAL(clean_text("a\nb\r\x1b[1m\x7f"), "a b  [1m ");
    BOOST_CHECK_EQUAL(clean_text("\xff\xfe"), "??");
    BOOST_CHECK_EQUAL(clean_text("\xc3"), "?");
    BOOST_CHECK_EQUAL(clean_text("\xc0\xaf"), "??"); // overlong
    BOOST_CHECK_EQUAL(clean_text("\xed\xa0\x80"), "???"); // a surrogate
    BOOST_CHECK_EQUAL(clean_text("\xf4\x90\x80\x80"), "????"); // past the last character
    BOOST_CHECK_EQUAL(clean_text("\xe2\x82x"), "??x");
}

BOOST_AUTO_TEST_SUITE_END()
