// Text out of any bytes, however they are cut.
#include <boost/test/unit_test.hpp>

#include "api/http/utf8.hpp"
#include "tests/unit/api/http/websocket_cases.hpp"

using namespace staithe::http;
using namespace staithe::http::test;

namespace {

std::string repaired(std::string_view bytes, size_t step)
{
    Utf8Repair repair;
    std::string out;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
        repair.append(bytes.substr(0, step), out);
        BOOST_REQUIRE(is_utf8(out));
    }
    repair.finish(out);
    return out;
}

constexpr char const* replaced = "\xef\xbf\xbd";

} // namespace

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(scanner_agrees_with_the_obvious_judgement)
{
    // All sequences of up to four bytes out of those that matter.
    static constexpr unsigned char bytes[] { 0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2,
        0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff };
    constexpr size_t count = sizeof bytes;
    for (size_t code = 0; code < count * count * count * count; ++code) {
        std::string text;
        for (size_t rest = code, i = 0; i < 4; ++i, rest /= count)
            text.push_back(static_cast<char>(bytes[rest % count]));
        Utf8Scanner scanner;
        bool const right = scanner.accept(text) == text.size() && scanner.at_boundary();
        BOOST_REQUIRE_MESSAGE(right == is_utf8(text), code);
        BOOST_REQUIRE_MESSAGE(!right || repaired(text, 1) == text, code);
    }
}

BOOST_AUTO_TEST_CASE(what_is_right_stays)
{
    std::string text = "plain ASCII, longer than a word; \xc3\xa9\xe2\x82\xac\xf0\x90\x8d\x88 and on";
    for (size_t step = 1; step <= text.size(); ++step)
        BOOST_TEST(repaired(text, step) == text);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_replaced_part_by_part)
{
    std::string const r = replaced;
    for (size_t step = 1; step < 8; ++step) {
        BOOST_TEST(repaired("\xff", step) == r);
        BOOST_TEST(repaired("a\xff"
                            "b",
                       step)
            == "a" + r + "b");
        BOOST_TEST(repaired("\xe2\x82", step) == r);
        BOOST_TEST(repaired("\xe2\x82x", step) == r + "x");
        BOOST_TEST(repaired("\xe2\xe2\x82\xac", step) == r + "\xe2\x82\xac");
        BOOST_TEST(repaired("\xed\xa0\x80", step) == r + r + r);
        // The example of the Unicode Standard, table 3-11.
        BOOST_TEST(repaired("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", step)
            == "a" + r + r + r + "b" + r + "c" + r + r + "d");
    }
}

BOOST_AUTO_TEST_CASE(a_cut_character_waits_for_its_rest)
{
    Utf8Repair repair;
    std::string out;
    repair.append("x\xe2\x82", out);
    BOOST_TEST(out == "x");
    repair.append("\xac", out);
    BOOST_TEST(out == "x\xe2\x82\xac");
    repair.finish(out);
    BOOST_TEST(out == "x\xe2\x82\xac");
}

BOOST_AUTO_TEST_CASE(any_bytes_become_text_alike_however_cut)
{
    std::string bytes;
    uint32_t state = 7;
    for (int i = 0; i < 100'000; ++i) {
        state = state * 1664525 + 1013904223;
        bytes.push_back(static_cast<char>(state >> (i & 1 ? 16 : 24)));
    }
    std::string const whole = repaired(bytes, bytes.size());
    BOOST_TEST(is_utf8(whole));
    BOOST_TEST((repaired(bytes, 977) == whole));
}

BOOST_AUTO_TEST_SUITE_END()
