// insert and commit; import is in images_test.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;
using Texts = std::vector<std::string>;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(image_making)

namespace {

std::string const id(64, 'f');

Result<std::string> download(api::Progress& progress)
{
    progress.advance("Downloading", 5, 5);
    progress.finished();
    return id;
}

Call insert_call(int minor)
{
    return { "POST", "/images/host:5000/a/b:t/insert", { { "url", "http://h/f" }, { "path", "/d/f" } }, {},
        { 1, minor } };
}

Call commit_call(http::Request::Fields query, std::string body = {}, int minor = 6)
{
    return { "POST", "/commit", std::move(query), std::move(body), { 1, minor } };
}

} // namespace

BOOST_AUTO_TEST_CASE(insert_at_1_0_is_raw_text)
{
    House house;
    house.images.work = download;
    auto const exchange = house.call(insert_call(0));
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.stream_type == "text/plain; charset=utf-8");
    BOOST_TEST(exchange.chunks == (Texts { "Downloading      5 B/5 B (100%)\r", "\r\n", id + "\r\n" }));
    BOOST_TEST(house.images.calls == (Texts { "insert http://h/f at /d/f of host:5000/a/b:t" }));
    BOOST_TEST(exchange.ended);
}

BOOST_DATA_TEST_CASE(insert_later_is_objects_and_ends_with_the_id, data::xrange(1, 7), minor)
{
    House house;
    house.images.work = download;
    auto const exchange = house.call(insert_call(minor));
    std::string const action = minor == 1 ? "" : R"("status":"Downloading",)";
    BOOST_TEST(exchange.stream_type == "application/json");
    BOOST_TEST(exchange.chunks
        == (Texts { "{" + action + R"J("progress":"     5 B/5 B (100%)"})J", "{}", R"J({"status":")J" + id + R"J("})J",
            R"J({"Id":"ffffffffffff"})J" }));
}

BOOST_AUTO_TEST_CASE(insert_errors_before_the_first_message_have_a_status)
{
    House house;
    house.images.work = [](api::Progress&) -> Result<std::string> {
        return Error { STAITHE_EXISTS, 0, "/d/f exists" };
    };
    for (int minor = 0; minor <= 6; ++minor)
        BOOST_TEST(house.outcome(insert_call(minor)) == "500 /d/f exists");
    house.images.work = [](api::Progress&) -> Result<std::string> {
        return Error { STAITHE_UNAVAILABLE, 0, "cannot fetch 'http://h/f': connection refused" };
    };
    BOOST_TEST(house.outcome(insert_call(6)) == "500 cannot fetch 'http://h/f': connection refused");
}

BOOST_AUTO_TEST_CASE(insert_errors_after_the_first_message_are_in_the_stream_and_last)
{
    House house;
    house.images.work = [](api::Progress& progress) -> Result<std::string> {
        progress.advance("Downloading", 524'288, 0);
        return Error { STAITHE_IO, 0, "cut" };
    };
    BOOST_TEST(house.call(insert_call(0)).chunks.back() == "Error: cut\r\n");
    BOOST_TEST(house.call(insert_call(1)).chunks.back() == R"({"error":"cut"})");
    BOOST_TEST(house.call(insert_call(3)).chunks.back() == R"({"error":"cut"})");
    BOOST_TEST(house.call(insert_call(4)).chunks.back() == R"({"error":"cut","errorDetail":{"message":"cut"}})");
}

BOOST_AUTO_TEST_CASE(insert_needs_what_and_where)
{
    House house;
    for (auto const& query : { http::Request::Fields {}, { { "url", "http://h/f" } }, { { "path", "/f" } },
             { { "url", "" }, { "path", "/f" } } })
        BOOST_TEST(
            house.outcome({ "POST", "/images/a/insert", query }) == "400 Bad parameter: url and path are needed");
    BOOST_TEST(house.images.calls.empty());
}

BOOST_DATA_TEST_CASE(commit_answers_alike_at_every_version, data::xrange(7), minor)
{
    House house;
    auto const answer = house.reply(commit_call({ { "container", "web" } }, "{}", minor));
    BOOST_TEST(answer.status == 201);
    BOOST_TEST(answer.content_type == "application/json");
    BOOST_TEST(answer.body == R"({"Id":"dddddddddddd"})");
    BOOST_TEST(house.containers.calls == (Texts { "commit web" }));
}

BOOST_AUTO_TEST_CASE(commit_hands_over_what_it_is_told)
{
    House house;
    house.reply(commit_call({ { "container", "/db/alias" }, { "repo", "host:5000/a/b" }, { "tag", "t" },
                                { "author", "Ann <a@b>" }, { "comment", "two\nlines" }, { "run", "{}" } },
        R"({"Cmd":["a"],"Env":["K=V"],"WorkingDir":"/w","Volumes":{"/v":{}}})"));
    auto const& request = house.containers.commit_request;
    BOOST_TEST(request.container == "/db/alias");
    BOOST_TEST(request.repository == "host:5000/a/b");
    BOOST_TEST(request.tag == "t");
    BOOST_TEST(request.author == "Ann <a@b>");
    BOOST_TEST(request.comment == "two\nlines");
    BOOST_TEST(request.config.value().command->at(0) == "a");
    BOOST_TEST(request.config->env->at(0) == "K=V");
    BOOST_TEST(request.config->working_dir == "/w");
    BOOST_TEST(request.config->volumes.contains("/v"));
}

BOOST_AUTO_TEST_CASE(the_message_of_a_commit_has_two_names)
{
    House house;
    auto const comment = [&](http::Request::Fields query) {
        query.emplace_back("container", "web");
        house.reply(commit_call(std::move(query)));
        return house.containers.commit_request.comment;
    };
    BOOST_TEST(comment({ { "comment", "c" } }) == "c");
    BOOST_TEST(comment({ { "m", "m" } }) == "m");
    BOOST_TEST(comment({ { "m", "m" }, { "comment", "c" } }) == "c");
    BOOST_TEST(comment({}) == "");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_no_config_is_no_config)
{
    House house;
    for (auto const* const body : { "", "null", "{", "[1]", "a=b", R"({"Cmd":5})" }) {
        BOOST_TEST(house.reply(commit_call({ { "container", "web" } }, body)).status == 201);
        BOOST_TEST(!house.containers.commit_request.config.has_value(), body);
    }
    house.reply(commit_call({ { "container", "web" } }, "{}"));
    BOOST_TEST(house.containers.commit_request.config.has_value());
}

BOOST_AUTO_TEST_CASE(commit_errors)
{
    House house;
    BOOST_TEST(house.outcome(commit_call({ { "container", "web" }, { "repo", "a\r\nb" } }))
        == "400 Bad parameter: repo holds control characters");
    BOOST_TEST(house.outcome(commit_call({ { "container", "web" }, { "repo", "a" }, { "tag", "\x7f" } }))
        == "400 Bad parameter: tag holds control characters");
    auto cut = commit_call({ { "container", "web" } });
    cut.body_is_cut = true;
    BOOST_TEST(house.outcome(cut) == "500 the body was cut short");
    BOOST_TEST(house.containers.calls.empty());
    house.containers.error = Error { STAITHE_NOT_FOUND, 0, "No such container: x" };
    BOOST_TEST(house.outcome(commit_call({ { "container", "x" } })) == "404 No such container: x");
    house.containers.error = Error { STAITHE_INVALID, 0, "Illegal tag name: a:b" };
    BOOST_TEST(house.outcome(commit_call({ { "container", "x" }, { "tag", "a:b" } })) == "500 Illegal tag name: a:b");
    house.containers.error = Error { STAITHE_NO_SPACE, 0, "cannot commit container 'x': no space" };
    BOOST_TEST(house.outcome(commit_call({ { "container", "x" } })) == "500 cannot commit container 'x': no space");
}

BOOST_AUTO_TEST_CASE(commit_without_a_container_asks_for_none)
{
    House house;
    house.containers.error = Error { STAITHE_NOT_FOUND, 0, "No such container: " };
    BOOST_TEST(house.outcome(commit_call({})) == "404 No such container: ");
    BOOST_TEST(house.containers.calls == (Texts { "commit " }));
}

BOOST_AUTO_TEST_SUITE_END()
