// Variables, by the rules of today and of 2013.
#include "daemon/build/substitute.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::build;

namespace {

Scope const scope({ "A=one", "B=two words", "EMPTY=", "Q='$A'", "A_1=x", "BIG=" + std::string(100'000, 'x') },
    { { "ARG", "arg" }, { "A", "hidden" } }, '\\');

std::string text(Result<std::string> const& result)
{
    return result ? result.value() : "error: " + result.error().message;
}
std::string today(std::string_view value)
{
    return text(substitute(value, scope));
}
std::string then(std::string_view value)
{
    return text(substitute_as_2013(value, scope));
}
std::string either(std::string_view value)
{
    return text(substitute_either(value, scope));
}

} // namespace

BOOST_AUTO_TEST_SUITE(substitution)

BOOST_AUTO_TEST_CASE(names_of_today)
{
    BOOST_TEST(today("$A") == "one");
    BOOST_TEST(today("${A}${B}/$A_1$ARG") == "onetwo words/xarg");
    BOOST_TEST(today("$A-$UNKNOWN-${UNKNOWN}-") == "one---");
    BOOST_TEST(today("$") == "$");
    BOOST_TEST(today("a$ b$/") == "a$ b$/");
    BOOST_TEST(today("$1x$?") == "x");
    BOOST_TEST(today("$Q") == "'$A'"); // what is put in is not read again
}

BOOST_AUTO_TEST_CASE(modifiers)
{
    BOOST_TEST(today("${A:-x}${U:-x}${EMPTY:-x}${EMPTY-x}${U-y}") == "onexxy");
    BOOST_TEST(today("${A:+x}${U:+x}${EMPTY:+x}${EMPTY+y}${U+y}") == "xy");
    BOOST_TEST(today("${U:-${V:-$A}b}") == "oneb");
    BOOST_TEST(today("${U:-\"a}b\" 'c}' \\}}") == "a}b c} }");
    BOOST_TEST(today("${U:-}") == "");
    BOOST_TEST(today("${A:?no}") == "one");
    BOOST_TEST(today("${U:?no $A}") == "error: U: no one");
    BOOST_TEST(today("${EMPTY:?}") == "error: EMPTY: is not set");
    BOOST_TEST(today("${EMPTY?x}") == "");
}

BOOST_AUTO_TEST_CASE(quotes_and_escapes)
{
    BOOST_TEST(today("'$A \\ \"'\"$A '\\\"\\$\\x\\\\\"\\$A\\\"\\x") == "$A \\ \"one '\"$\\x\\$A\"x");
    BOOST_TEST(today("a\\") == "a");
    Scope const windows({ "A=one" }, {}, '`');
    BOOST_TEST(text(substitute("c:\\$A`$A\"``\"", windows)) == "c:\\one$A`");
}

BOOST_AUTO_TEST_CASE(what_is_wrong)
{
    BOOST_TEST(today("'a") == "error: a single quote is never closed");
    BOOST_TEST(today("\"a") == "error: a double quote is never closed");
    BOOST_TEST(today("${") == "error: bad substitution");
    BOOST_TEST(today("${}") == "error: bad substitution");
    BOOST_TEST(today("${:-x}") == "error: bad substitution");
    BOOST_TEST(today("${A") == "error: missing '}' in a substitution");
    BOOST_TEST(today("${A:-x") == "error: missing '}' in a substitution");
    BOOST_TEST(today("${A:") == "error: unsupported modifier in the substitution of 'A'");
    BOOST_TEST(today("${A#x}") == "error: unsupported modifier in the substitution of 'A'");
    std::string deep = "x";
    for (int i = 0; i < 100'000; ++i)
        deep.insert(0, "${U:-");
    BOOST_TEST(today(deep) == "error: substitutions are nested too deep");
}

BOOST_AUTO_TEST_CASE(heredocs_keep_their_quotes)
{
    BOOST_TEST(
        text(substitute("\"$A\" 'x $A' \\$A \\n \\\\ \\", scope, Quotes::Keep)) == "\"one\" 'x one' $A \\n \\ \\");
}

BOOST_AUTO_TEST_CASE(names_of_2013)
{
    BOOST_TEST(then("$A ${A}${B}$A_1") == "one onetwo wordsx");
    BOOST_TEST(then("$UNKNOWN ${UNKNOWN} $ ${ ${A ${}") == "$UNKNOWN ${UNKNOWN} $ ${ ${A ${}");
    BOOST_TEST(then("\\$A \\\\$A a\\$A") == "\\$A \\\\one a\\$A");
    BOOST_TEST(then("\"$A\" '$A' \\x") == "\"one\" 'one' \\x");
    BOOST_TEST(then("${A:-x}") == "${A:-x}");
}

BOOST_AUTO_TEST_CASE(forms_of_2013_with_what_only_today_knows)
{
    BOOST_TEST(either("$A:$UNKNOWN \\$A c:\\x") == "one:$UNKNOWN \\$A c:\\x");
    BOOST_TEST(either("\"$A b\"") == "one b");
    BOOST_TEST(either("it's $A") == "it's one");
    BOOST_TEST(either("${U:-x}") == "x");
    BOOST_TEST(either("${U:-x") == "error: missing '}' in a substitution");
}

BOOST_AUTO_TEST_CASE(results_do_not_grow_without_end)
{
    BOOST_TEST(today("$BIG").size() == 100'000U);
    for (auto const* value : { "$BIG$BIG", "\"$BIG$BIG\"", "${U:-$BIG$BIG}" })
        BOOST_TEST(today(value) == "error: a value is longer than 131071 bytes");
    BOOST_TEST(then("$BIG$BIG") == "error: a value is longer than 131071 bytes");
    BOOST_TEST(either("'$BIG'$BIG$BIG") == "error: a value is longer than 131071 bytes");
}

BOOST_AUTO_TEST_SUITE_END()
