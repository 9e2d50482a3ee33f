#include "api/wire/json_writer.hpp"

#include <boost/test/unit_test.hpp>

#include "api/wire/utf8.hpp"

using staithe::wire::JsonWriter;

BOOST_AUTO_TEST_SUITE(json_writer)

namespace {

std::string quoted(std::string_view text)
{
    std::string out;
    JsonWriter(out).text(text);
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(commas_stand_between_and_nowhere_else)
{
    std::string out;
    JsonWriter w(out);
    w.begin_object();
    w.key("a");
    w.number(-1);
    w.key("b");
    w.begin_array();
    w.text("x");
    w.null();
    w.begin_object();
    w.end_object();
    w.begin_array();
    w.end_array();
    w.boolean(true);
    w.end_array();
    w.key("c");
    w.boolean(false);
    w.end_object();
    BOOST_TEST(out == R"({"a":-1,"b":["x",null,{},[],true],"c":false})");
}

BOOST_AUTO_TEST_CASE(texts_are_escaped_as_go_escapes_them)
{
    BOOST_TEST(quoted("<a> & \"b\" \\ /") == R"("\u003ca\u003e \u0026 \"b\" \\ /")");
    BOOST_TEST(quoted("\n\r\t\x01\x1f\x7f") == "\"\\n\\r\\t\\u0001\\u001f\x7f\"");
    BOOST_TEST(quoted(std::string_view("a\0b", 3)) == "\"a\\u0000b\"");
    BOOST_TEST(quoted("\xC3\xA9 \xF0\x9F\x98\x80") == "\"\xC3\xA9 \xF0\x9F\x98\x80\"");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_replaced)
{
    BOOST_TEST(quoted("a\xFF"
                      "b")
        == "\"a\\ufffdb\"");
    BOOST_TEST(quoted("\xED\xA0\x80") == "\"\\ufffd\\ufffd\\ufffd\"");
    BOOST_TEST(quoted("x\xE2\x82") == "\"x\\ufffd\\ufffd\"");
}

BOOST_AUTO_TEST_CASE(keys_are_escaped_too)
{
    std::string out;
    JsonWriter w(out);
    w.begin_object();
    w.key("/a\"b");
    w.null();
    w.end_object();
    BOOST_TEST(out == R"({"/a\"b":null})");
}

BOOST_AUTO_TEST_CASE(extreme_numbers)
{
    std::string out;
    JsonWriter w(out);
    w.begin_array();
    w.number(INT64_MIN);
    w.number(INT64_MAX);
    w.end_array();
    BOOST_TEST(out == "[-9223372036854775808,9223372036854775807]");
}

BOOST_AUTO_TEST_CASE(utf8_is_recognised_exactly)
{
    using staithe::wire::is_utf8;
    for (auto const* good : { "", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF" })
        BOOST_TEST(is_utf8(good));
    for (auto const* bad : { "\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE1\x80",
             "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xC2z" })
        BOOST_TEST(!is_utf8(bad));
}

BOOST_AUTO_TEST_SUITE_END()
