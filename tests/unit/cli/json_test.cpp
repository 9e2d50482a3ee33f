#include "cli/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::cli;

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(order_slashes_and_numbers_survive)
{
    std::string const text = R"({"z":"/a/b","a":[1,-2,true,null,{"k":[]}],"big":9007199254740993,"e":{}})";
    BOOST_TEST(print_json(parse_json(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(indented)
{
    BOOST_TEST(print_json(parse_json(R"({"a":[1,"x"],"b":{}})").value(), 2)
        == "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {}\n}");
}

BOOST_AUTO_TEST_CASE(strings_are_escaped_and_foreign_bytes_kept)
{
    BOOST_TEST(print_json(Json(std::string("a\"\\\n\t\x01\xff/"))) == "\"a\\\"\\\\\\n\\t\\u0001\xff/\"");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_an_error)
{
    for (auto const* text : { "", "{", "[1,", "{\"a\":}", "hello" })
        BOOST_TEST(!parse_object(std::string(text)), text);
    BOOST_TEST(!parse_object(std::string("[]")));
    BOOST_TEST(!parse_list(std::string("{}")));
    BOOST_TEST(!parse_object(std::string(100000, '[')));
    BOOST_TEST(parse_list(std::string("null")).value()->size() == 0u);
}

BOOST_AUTO_TEST_CASE(members_of_the_wrong_type_are_empty)
{
    auto const object = parse_object(std::string(R"({"s":"x","n":5,"b":true,"o":{},"z":null})")).value();
    BOOST_TEST(text_of(object, "s") == "x");
    BOOST_TEST(text_of(object, "z") == "");
    BOOST_TEST(text_of(object, "none") == "");
    BOOST_TEST(number_of(object, "n") == 5);
    BOOST_TEST(number_of(object, "s") == 0);
    BOOST_TEST(number_of(object, "o") == 0);
    BOOST_TEST(flag_of(object, "b"));
    BOOST_TEST(!flag_of(object, "o"));
    BOOST_TEST(list_of(object, "s").isNull());
    BOOST_TEST(object_of(object, "n").isNull());
}

BOOST_AUTO_TEST_CASE(splitter_at_every_point)
{
    std::string const text = R"({"a":"}{\"\\"}{}{"b":{"c":1}} tail)";
    for (size_t split = 0; split <= text.size(); ++split) {
        std::vector<std::string> seen;
        JsonSplitter splitter([&](std::string const& object) -> staithe::Result<void> {
            seen.push_back(object);
            return {};
        });
        BOOST_REQUIRE(splitter.feed(text.substr(0, split)));
        BOOST_REQUIRE(splitter.feed(text.substr(split)));
        BOOST_REQUIRE_EQUAL(seen.size(), 3u);
        BOOST_TEST(seen[0] == R"({"a":"}{\"\\"})");
        BOOST_TEST(seen[1] == "{}");
        BOOST_TEST(seen[2] == R"({"b":{"c":1}})");
        BOOST_TEST(splitter.rest() == " tail");
    }
}

BOOST_AUTO_TEST_CASE(an_endless_message_is_refused)
{
    JsonSplitter splitter([](std::string const&) -> staithe::Result<void> { return {}; });
    BOOST_TEST(!splitter.feed("{\"" + std::string(2 << 20, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
