// Hostile Dockerfiles: random mutations of the golden ones, the same in every run. No result is expected but that there
// is one, within limits, and that what was understood can be carried out.
#include <random>

#include <boost/test/unit_test.hpp>

#include "cases.hpp"
#include "daemon/build/apply.hpp"
#include "daemon/build/interpret.hpp"
#include "daemon/build/limits.hpp"
#include "daemon/build/parser.hpp"

using namespace staithe;
using namespace staithe::build;

namespace {

using Random = std::minstd_rand;

size_t below(Random& random, size_t end)
{
    return std::uniform_int_distribution<size_t>(0, end - 1)(random);
}

/// What has a meaning somewhere in a Dockerfile.
constexpr std::string_view tokens[] = { "\n", "\\\n", "\\", "`", "\"", "'", "$", "${", "}", ":-", "<<EOF", "\nEOF\n",
    "<<-", "[", "]", "[\"", "\"]", ",", "\\u0000", "\t", "\r", " ", "  ", "=", "--from=", "--", "#", "# escape=`\n",
    "FROM a AS b\n", "ONBUILD ", "RUN ", "COPY ", "ENV ", "ARG ", "HEALTHCHECK ", "EXPOSE 1-65535\n", "\xFF", "\xC3",
    "/", "..", "*" };

void mutate(std::string& text, Random& random)
{
    for (size_t n = 1 + below(random, 4); n > 0; --n) {
        size_t const at = below(random, text.size() + 1);
        switch (below(random, 4)) {
        case 0: text.insert(at, tokens[below(random, std::size(tokens))]); break;
        case 1: text.erase(at, below(random, 8)); break;
        case 2: text.insert(at, text.substr(below(random, text.size() + 1), below(random, 40))); break;
        default:
            if (at < text.size())
                text[at] = static_cast<char>(below(random, 256));
        }
    }
}

/// As a build goes through a file; true: to its end.
bool carry_out(std::string_view text)
{
    auto const file = parse(text);
    if (!file)
        return false;
    State state;
    state.arguments.given = { { "GIVEN", "$HOME" } };
    size_t last_line = 0;
    for (auto const& statement : file.value().statements) {
        BOOST_REQUIRE(statement.first_line > last_line && statement.last_line >= statement.first_line);
        last_line = statement.last_line;
        auto const instruction = prepare(statement, scope_of(state, statement, file.value().escape));
        if (!instruction) {
            BOOST_REQUIRE(!instruction.error().message.empty());
            return false;
        }
        if (std::holds_alternative<From>(instruction.value())) {
            state = begin_stage(state, std::nullopt, {});
            continue;
        }
        auto step = apply_to(state, instruction.value());
        if (!step)
            return false;
        state = std::move(step.value().after);
    }
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fuzz)

BOOST_AUTO_TEST_CASE(mutations_of_the_golden_cases)
{
    auto const cases = golden_cases();
    Random random(20131126);
    size_t whole = 0;
    constexpr size_t runs = 4000;
    for (size_t i = 0; i < runs; ++i) {
        auto text = cases[below(random, cases.size())].text;
        if (below(random, 2) == 0)
            text.insert(0, "FROM base\n");
        mutate(text, random);
        whole += carry_out(text) ? 1U : 0U;
    }
    // Neither is everything refused, nor nothing: the mutations reach all of the way.
    BOOST_TEST(whole > runs / 20);
    BOOST_TEST(whole < runs);
}

BOOST_AUTO_TEST_CASE(random_tokens)
{
    Random random(20130320);
    for (size_t i = 0; i < 2000; ++i) {
        std::string text = "FROM a\n";
        for (size_t n = below(random, 60); n > 0; --n)
            text += tokens[below(random, std::size(tokens))];
        (void)carry_out(text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
