// viz, history, tag.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;
using Texts = std::vector<std::string>;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(image_graph)

namespace {

std::string const leaf(64, 'a'), root(64, 'b');

Call tag_call(http::Request::Fields query, int minor = 6)
{
    return { "POST", "/images/img/tag", std::move(query), {}, { 1, minor } };
}

} // namespace

BOOST_AUTO_TEST_CASE(viz_is_plain_text)
{
    House house;
    house.images.nodes = { { leaf, root, { "r:t" }, 0, 0 }, { root, "", {}, 0, 0 } };
    auto const answer = house.reply({ "GET", "/images/viz", { { "all", "nonsense" } } });
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.content_type == "text/plain; charset=utf-8");
    BOOST_TEST(answer.body
        == "digraph docker {\n \"bbbbbbbbbbbb\" -> \"aaaaaaaaaaaa\"\n base -> \"bbbbbbbbbbbb\" [style=invis]\n"
           " \"aaaaaaaaaaaa\" [label=\"aaaaaaaaaaaa\\nr:t\",shape=box,fillcolor=\"paleturquoise\","
           "style=\"filled,rounded\"];\n base [style=invisible]\n}\n");
    BOOST_TEST(house.images.calls == (Texts { "graph" }));
}

BOOST_DATA_TEST_CASE(history_has_the_form_of_its_version, data::xrange(7), minor)
{
    House house;
    house.images.steps = { { leaf, 9'000'000'000, "sh -c x", { "r:t" }, 5 }, { root, 8'000'000'000, "", {}, 6 } };
    auto const answer = house.reply({ "GET", "/images/r/history", {}, {}, { 1, minor } });
    std::string const tags = minor >= 2 ? R"("Tags":["r:t"],)" : "",
                      created_by = minor == 0 ? R"(,"CreatedBy":"")" : "";
    auto const id = [&](std::string const& whole) { return minor >= 6 ? whole : whole.substr(0, 12); };
    auto const size = [&](char const* text) { return minor >= 6 ? R"(,"Size":)" + std::string(text) : ""; };
    BOOST_TEST(answer.content_type == "application/json");
    BOOST_TEST(answer.body
        == R"([{"Id":")" + id(leaf) + R"(",)" + tags + R"("Created":9,"CreatedBy":"sh -c x")" + size("5")
            + R"(},{"Id":")" + id(root) + R"(","Created":8)" + created_by + size("6") + "}]");
}

BOOST_DATA_TEST_CASE(tag_answers_201_at_every_version, data::xrange(7), minor)
{
    House house;
    BOOST_TEST(house.outcome(tag_call({ { "repo", "host:5000/a" }, { "tag", "t" } }, minor)) == "201");
    BOOST_TEST(house.images.calls.at(0) == "tag img host:5000/a:t");
}

BOOST_AUTO_TEST_CASE(force_changes_nothing_but_must_be_a_boolean)
{
    House house;
    for (auto const* const force : { "", "0", "1", "true", "F" })
        BOOST_TEST(house.outcome(tag_call({ { "repo", "a" }, { "force", force } })) == "201");
    BOOST_TEST(house.images.calls.size() == 5u);
    BOOST_TEST(house.outcome(tag_call({ { "repo", "a" }, { "force", "yes" } })) == "400 Bad parameter");
    BOOST_TEST(house.images.calls.size() == 5u);
}

BOOST_AUTO_TEST_CASE(an_absent_tag_is_left_to_the_engine)
{
    House house;
    house.reply(tag_call({ { "repo", "a" } }));
    BOOST_TEST(house.images.calls.at(0) == "tag img a:");
}

BOOST_AUTO_TEST_CASE(names_that_nobody_could_read_are_refused)
{
    House house;
    for (auto const* const bad : { "a\nb", "\x1b[31m", "a\x7f" }) {
        BOOST_TEST(house.outcome(tag_call({ { "repo", bad } })) == "400 Bad parameter: repo holds control characters");
        BOOST_TEST(house.outcome(tag_call({ { "repo", "a" }, { "tag", bad } }))
            == "400 Bad parameter: tag holds control characters");
    }
    BOOST_TEST(house.images.calls.empty());
}

BOOST_AUTO_TEST_CASE(tag_errors_keep_their_statuses)
{
    House house;
    house.images.error = Error { STAITHE_INVALID, 0, "Repository name can't be empty" };
    BOOST_TEST(house.outcome(tag_call({})) == "500 Repository name can't be empty");
    house.images.error = Error { STAITHE_INVALID, 0, "Illegal tag name: a/b" };
    BOOST_TEST(house.outcome(tag_call({ { "repo", "a" }, { "tag", "a/b" } })) == "500 Illegal tag name: a/b");
}

BOOST_AUTO_TEST_SUITE_END()
