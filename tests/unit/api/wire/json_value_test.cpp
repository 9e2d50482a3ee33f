#include "api/wire/json_value.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace staithe;
using wire::JsonValue;
using wire::parse_json;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(json_value)

namespace {

std::string repeated(std::string_view piece, size_t times)
{
    std::string text;
    for (size_t i = 0; i < times; ++i)
        text += piece;
    return text;
}

std::string nested(size_t depth)
{
    return repeated("[", depth) + repeated("]", depth);
}

} // namespace

// Classes of the JSONTestSuite's n_ files and of rows 18 to 20 of our security goals.
static std::string const refused[] = {
    "",
    " ",
    "{",
    "}",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":'b'}",
    "{1:1}",
    "{\"a\":tru}",
    "{\"a\":TRUE}",
    "{\"a\":nul}",
    "{\"a\":NaN}",
    "{\"a\":Infinity}",
    "{\"a\":-Infinity}",
    "{\"a\":+1}",
    "{\"a\":01}",
    "{\"a\":-01}",
    "{\"a\":.5}",
    "{\"a\":1.}",
    "{\"a\":1e}",
    "{\"a\":1e+}",
    "{\"a\":0x1}",
    "{\"a\":-}",
    "{\"a\":1_000}",
    "{\"a\":\"",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\u12G4\"}",
    "{\"a\":\"\n\"}",
    "{\"a\":\"\t\"}",
    "{\"a\":\"\x01\"}",
    "{}xyz",
    "{}{}",
    "{},",
    "{}]",
    "{}#",
    "{}//",
    "{}/* */",
    "{/**/}",
    "// {}",
    "[1]]",
    "[1}",
    "{\"a\":1]",
    "\xEF\xBB\xBF{}",
    std::string("\xFF\xFE{\0}\0", 6),
    std::string("{}\0", 3),
    std::string("{\"a\":\"\0\"}", 9),
    "{\"a\":\"\xFF\"}",
    "{\"a\":\"\xC0\x80\"}",
    "{\"a\":\"\xED\xA0\x80\"}",
    "{\"a\":\"\xE2\x82\"}",
    "{\"a\":\"\xF4\x90\x80\x80\"}",
    "{\"a\":\"\\ud800\"}",
    "{\"a\":\"\\udc00\"}",
    "{\"a\":\"\\ud800\\u0041\"}",
    "{\"a\":\"\\ud800x\"}",
    "{\"a\":\"\\udc00\\ud800\"}",
    "{\"a\":\"\\u0000\"}",
    "{\"\\u0000\":1}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":{\"b\":1,\"b\":1}}",
    "[9223372036854775808]",
    "[-9223372036854775809]",
    "[18446744073709551615]",
    "[100000000000000000000]",
    "{\"a\":\"\\\"\",\"b\":18446744073709551615}",
    nested(129),
    nested(10'000),
    repeated("[", 100'000),
    repeated("{\"a\":", 100'000),
    "[" + repeated("0,", 70'000) + "0]",
};

BOOST_DATA_TEST_CASE(hostile_text_is_refused, data::make(refused), text)
{
    auto const value = parse_json(text);
    BOOST_REQUIRE(!value);
    BOOST_TEST(value.error().code == STAITHE_INVALID);
    BOOST_TEST(value.error().message.starts_with("invalid JSON: "));
}

static std::string const accepted[] = {
    "{}",
    " {} ",
    "\n{}\n",
    "[]",
    "[1,2]",
    "{\"a\":1}",
    "{\"a\":-0}",
    "{\"a\":1e2}",
    "{\"a\":1E-2}",
    "{\"a\":1.5}",
    "{\"a\":\"\\u00e9\"}",
    "{\"a\":\"\\ud83d\\ude00\"}",
    "{\"a\":\"\\\\u0000\"}",
    "{\"a\":\"\\\"\"}",
    "{\"a\":\"\\/\"}",
    "{\"a\":\"\x7F\"}",
    "{\"a\":\"\xF0\x9F\x98\x80\"}",
    "{\"a\":null}",
    "{\"a\":[[],{}]}",
    "{\"\":1}",
    "{\"a\":1,\"A\":2}",
    "{\"a\":-9223372036854775808}",
    "{\"a\":\"99999999999999999999\"}",
    "{\"a\\\"99999999999999999999\":1}",
    "{\"a\":99999999999999999999.5}",
    nested(100),
};

BOOST_DATA_TEST_CASE(proper_text_is_accepted, data::make(accepted), text)
{
    auto const value = parse_json(text);
    BOOST_TEST(static_cast<bool>(value), (value ? "" : value.error().message));
}

BOOST_AUTO_TEST_CASE(values_keep_kind_order_and_text)
{
    auto const value =
        parse_json(R"({"z":"a\u00e9\ud83d\ude00\n","b":[true,null,-5],"n":9223372036854775807})").value();
    BOOST_TEST(value.members.size() == 3u);
    BOOST_TEST(value.members[0].key == "z");
    BOOST_TEST(value.find("z")->text == "a\xC3\xA9\xF0\x9F\x98\x80\n");
    BOOST_TEST(value.find("b")->items.size() == 3u);
    BOOST_TEST(value.find("b")->items[0].boolean);
    BOOST_TEST((value.find("b")->items[1].kind == JsonValue::Kind::Null));
    BOOST_TEST(value.find("b")->items[2].integer == -5);
    BOOST_TEST(value.find("n")->integer == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(keys_match_without_case_but_exactly_first)
{
    auto const value = parse_json(R"({"NAME":1,"name":2,"Other":3})").value();
    BOOST_TEST(value.find("name")->integer == 2);
    BOOST_TEST(value.find("NAME")->integer == 1);
    BOOST_TEST(value.find("other")->integer == 3);
    BOOST_TEST(value.find("none") == nullptr);
}

BOOST_AUTO_TEST_CASE(only_whole_numbers_are_integers)
{
    for (auto const* text : { "[1e3]", "[1.0]", "[-0.0]", "[1E2]" })
        BOOST_TEST((parse_json(text).value().items.at(0).kind == JsonValue::Kind::Fraction), text);
    BOOST_TEST(parse_json("[-9223372036854775808]").value().items.at(0).integer == INT64_MIN);
    BOOST_TEST(parse_json("[-0]").value().items.at(0).integer == 0);
}

BOOST_AUTO_TEST_SUITE_END()
