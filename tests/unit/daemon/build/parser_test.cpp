// The limits of what is read, and triggers. What ordinary files mean is in golden/.
#include "daemon/build/parser.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/build/limits.hpp"

using namespace staithe;
using namespace staithe::build;

namespace {

std::string repeated(std::string_view text, size_t times)
{
    std::string result;
    for (; times > 0; --times)
        result += text;
    return result;
}

std::string problem(std::string_view text)
{
    auto const file = parse(text);
    return file ? "none, " + std::to_string(file.value().statements.size()) + " statements" : file.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(parser)

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_skipped)
{
    auto const file = parse("\xEF\xBB\xBF# escape=`\nFROM a `\n AS b");
    BOOST_REQUIRE(file);
    BOOST_TEST(file.value().statements.at(0).step_text() == "FROM a AS b");
    BOOST_TEST(file.value().statements.at(0).first_line == 2U);
    BOOST_TEST(file.value().escape == '`');
}

BOOST_AUTO_TEST_CASE(a_file_has_a_size)
{
    auto const line = "RUN " + std::string(1019, 'x') + "\n"; // 1024 bytes
    BOOST_TEST(problem(repeated(line, 1024)) == "none, 1024 statements");
    BOOST_TEST(problem(repeated(line, 1024) + "#") == "the Dockerfile has 1048577 bytes, at most 1048576 are read");
    auto const file = parse(repeated(line, 1025));
    BOOST_REQUIRE(!file);
    BOOST_TEST(file.error().code == STAITHE_RANGE);
}

BOOST_AUTO_TEST_CASE(lines_are_counted)
{
    BOOST_TEST(
        problem(repeated("\n", limits::lines) + "RUN a") == "Dockerfile line 100001: at most 100000 lines are read");
    BOOST_TEST(problem(repeated("\n", limits::lines - 1) + "RUN a") == "none, 1 statements");
    BOOST_TEST(problem(repeated("a b\n", limits::statements)) == "none, 10000 statements");
    BOOST_TEST(problem(repeated("a b\n", limits::statements + 1))
        == "Dockerfile line 10001: at most 10000 instructions are read");
}

BOOST_AUTO_TEST_CASE(a_statement_has_a_length)
{
    BOOST_TEST(problem("\nRUN " + std::string(limits::text_bytes - 4, 'x')) == "none, 1 statements");
    BOOST_TEST(
        problem("\nRUN " + std::string(limits::text_bytes - 3, 'x')) == "Dockerfile line 2: longer than 131071 bytes");
    BOOST_TEST(problem("\nRUN a\\\n" + repeated(std::string(1000, 'x') + "\\\n", 200))
        == "Dockerfile line 2: longer than 131071 bytes");
}

BOOST_AUTO_TEST_CASE(continuations_are_counted)
{
    BOOST_TEST(problem("FROM a\nRUN " + repeated("\\\n", limits::continuations) + "x") == "none, 2 statements");
    BOOST_TEST(problem("FROM a\nRUN " + repeated("\\\n", limits::continuations + 1) + "x")
        == "Dockerfile line 2: continues for more than 10000 lines");
    // A million of them is no text of a size that is read; what fits into one is refused by the same rule.
    BOOST_TEST(problem(repeated("\\\n", 1'000'000)) == "the Dockerfile has 2000000 bytes, at most 1048576 are read");
    BOOST_TEST(
        problem("RUN \\\n" + repeated("\n", 50'000)) == "Dockerfile line 1: continues for more than 10000 lines");
    BOOST_TEST(
        problem("RUN \\\n" + repeated("#\n", 50'000)) == "Dockerfile line 1: continues for more than 10000 lines");
}

BOOST_AUTO_TEST_CASE(heredocs_are_counted)
{
    BOOST_TEST(problem("COPY " + repeated("<<A ", 32) + "/x/\n" + repeated("A\n", 32)) == "none, 1 statements");
    BOOST_TEST(problem("COPY " + repeated("<<A ", 33) + "/x/\n" + repeated("A\n", 33))
        == "Dockerfile line 1: more than 32 heredocs");
    BOOST_TEST(problem("FROM a\nCOPY <<A <<B /x/\nA\n") == "Dockerfile line 2: unterminated heredoc 'B'");
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_refused_where_it_is)
{
    using namespace std::string_literals;
    BOOST_TEST(problem("\0"s) == "Dockerfile line 1: a NUL is no text");
    BOOST_TEST(problem("FROM a\n# x\nRUN <<E\n\0\nE\n"s) == "Dockerfile line 4: a NUL is no text");
    for (auto const* bad : { "\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
             "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82" })
        BOOST_TEST(problem("FROM a\n\nRUN "s + bad) == "Dockerfile line 3: not UTF-8");
    BOOST_TEST(problem("RUN \xC2\x80 \xDF\xBF \xE0\xA0\x80 \xEF\xBF\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF")
        == "none, 1 statements");
    BOOST_TEST(problem("RUN a\\\n\n b\rc") == "Dockerfile line 3: a carriage return in the middle of a line");
    BOOST_TEST(problem("RUN a\r\r\n") == "none, 1 statements");
    BOOST_TEST(problem("# a\rRUN b\n") == "none, 0 statements");
}

BOOST_AUTO_TEST_CASE(triggers_are_statements)
{
    auto const run = parse_trigger("run <<EOF\na\nEOF");
    BOOST_REQUIRE(run);
    BOOST_TEST(run.value().name == "RUN");
    BOOST_TEST(run.value().heredocs.at(0).content == "a\n");
    BOOST_TEST(parse_trigger("").error().message == "cannot read a trigger of ONBUILD: it is not one instruction");
    BOOST_TEST(
        parse_trigger("RUN a\nRUN b").error().message == "cannot read a trigger of ONBUILD: it is not one instruction");
    BOOST_TEST(parse_trigger("RUN <<A").error().message
        == "cannot read a trigger of ONBUILD: Dockerfile line 1: unterminated heredoc 'A'");
}

BOOST_AUTO_TEST_SUITE_END()
