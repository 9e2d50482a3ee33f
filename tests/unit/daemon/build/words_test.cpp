// Words, JSON arrays, durations, signals: what statements are made of.
#include "daemon/build/words.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/build/duration.hpp"
#include "daemon/build/json_array.hpp"
#include "daemon/build/signal.hpp"
#include "shown.hpp"

using namespace staithe::build;

namespace {

std::string json(std::string_view text)
{
    auto const words = json_strings(text);
    return words ? "[" + shown(*words) + "]" : "none";
}

std::string without_tabs(std::string text)
{
    replace_tabs(text, '\\');
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(are_split_at_blanks_outside_of_quotes)
{
    BOOST_TEST(shown(split_words("  a  b\tc ", '\\')) == "|a| |b| |c|");
    BOOST_TEST(shown(split_words("a=\"b c\" 'd e'f g\\ h", '\\')) == "|a=\"b c\"| |'d e'f| |g\\ h|");
    BOOST_TEST(shown(split_words("a=\"b \\\" c\" 'd \\' e", '\\')) == "|a=\"b \\\" c\"| |'d \\'| |e|");
    BOOST_TEST(shown(split_words("a` b c\\ d", '`')) == "|a` b| |c\\| |d|");
    BOOST_TEST(shown(split_words("a \"b c", '\\')) == "|a| |\"b c|");
    BOOST_TEST(shown(split_words("a b\\", '\\')) == "|a| |b\\|");
    BOOST_TEST(shown(split_words("", '\\')).empty());
    BOOST_TEST(shown(split_words("\"\"", '\\')) == "|\"\"|");
}

BOOST_AUTO_TEST_CASE(tabs_become_spaces_outside_of_quotes)
{
    BOOST_TEST(without_tabs("a\tb\t'c\td'\t\"e\\\"\tf\"\t") == "a b 'c\td' \"e\\\"\tf\" ");
    BOOST_TEST(without_tabs("it's\ta\ttest") == "it's a test");
    BOOST_TEST(without_tabs("\\'\ta\t\\\t'") == "\\' a \\ '");
    BOOST_TEST(without_tabs("\"'\t'") == "\"'\t'");
}

BOOST_AUTO_TEST_CASE(json_arrays_of_strings)
{
    BOOST_TEST(json("[]") == "[]");
    BOOST_TEST(json(" [ \"a\" ,\t\"b\" ] ") == "[|a| |b|]");
    BOOST_TEST(json(R"(["\"\\\/\b\f\r\t", "\u0041\u00E9\u20ac\ud83D\uDE00"])") == "[|\"\\/\b\f\r\t| |Aé€😀|]");
    BOOST_TEST(json(R"(["\uD83D\u0041", "\uDE00", "\uD83D"])") == "[|\uFFFDA| |\uFFFD| |\uFFFD|]");
    for (auto const* other : { "", "[", "]", "[,]", "[\"a\"", "[\"a\",]", "[\"a\" \"b\"]", "[1]", "[null]", "[[\"a\"]]",
             "{}", "\"a\"", "['a']", "[a]", "[\"a\"] x", "x [\"a\"]", "[\"a]", "[\"\\x\"]", "[\"\\u12\"]",
             "[\"\\u12g4\"]", "[\"\t\"]", "[\"\\", "[\"\\u" })
        BOOST_TEST_CONTEXT(other)
    BOOST_TEST(json(other) == "none");
}

BOOST_AUTO_TEST_CASE(durations)
{
    BOOST_TEST(parse_duration("0").value() == 0);
    BOOST_TEST(parse_duration("1ns").value() == 1);
    BOOST_TEST(parse_duration("2us3µs").value() == 5000);
    BOOST_TEST(parse_duration("1m30s").value() == 90'000'000'000);
    BOOST_TEST(parse_duration("1.5h").value() == 5'400'000'000'000);
    BOOST_TEST(parse_duration("+.5s").value() == 500'000'000);
    BOOST_TEST(parse_duration("2562047h").value() == 9'223'369'200'000'000'000);
    for (auto const* other :
        { "", "1", "s", ".", ".s", "-1s", "1s-", "1x", "1.2.3s", " 1s", "1 s", "1e3s", "9999999h", "00", "+" })
        BOOST_TEST_CONTEXT(other)
    BOOST_TEST(!parse_duration(other));
    BOOST_TEST(!parse_duration(std::string(100'000, '9') + "ns"));
}

BOOST_AUTO_TEST_CASE(signals)
{
    for (auto const* name : { "SIGTERM", "TERM", "sigkill", "RTMIN", "SIGRTMIN+3", "RTMAX-2", "1", "64" })
        BOOST_TEST_CONTEXT(name)
    BOOST_TEST(is_signal(name));
    for (auto const* name :
        { "", "SIG", "SIGFOO", "0", "65", "-1", "+1", "9 ", "RTMIN-1", "RTMAX+1", "RTMIN+31", "RTMIN+", "TERM\n" })
        BOOST_TEST_CONTEXT(name)
    BOOST_TEST(!is_signal(name));
}

BOOST_AUTO_TEST_SUITE_END()
