// From paths to routes and versions, without a server.
#include <boost/test/unit_test.hpp>

#include "api/http/router.hpp"
#include "api/http/status_map.hpp"
#include "api/http/target.hpp"

using namespace staithe::http;

namespace {

Router make_router()
{
    Router router({ { 1, 0 }, { 1, 6 } });
    for (auto const* const pattern :
        { "/version", "/containers/json", "/containers/{name}/json", "/images/{name}/json", "/images/{name}" })
        router.add({ "GET", pattern, [](Request&, Responder&) {} });
    return router;
}

std::string clean(std::string_view path)
{
    return clean_path(path);
}

} // namespace

BOOST_AUTO_TEST_SUITE(router)

BOOST_AUTO_TEST_CASE(versions_are_two_integers)
{
    struct Row {
        char const* path;
        int status; // 0: a route
        ApiVersion version;
        bool empty;
    };
    auto const routes = make_router();
    for (auto const& row : { Row { "/version", 0, { 1, 6 }, false }, { "/v1.0/version", 0, { 1, 0 }, false },
             { "/v1/version", 0, { 1, 0 }, false }, { "/v1./version", 0, { 1, 0 }, false },
             { "/v1.000000/version", 0, { 1, 0 }, false }, { "/v1.300000/version", 0, { 1, 3 }, false },
             { "/v1.6/version", 0, { 1, 6 }, false }, { "/v0.9/version", 0, { 0, 9 }, false },
             { "/v1.2.3/version", 0, { 1, 6 }, false }, { "/v./version", 0, { 1, 6 }, false },
             { "/v1.7/version", 404, { 1, 7 }, true }, { "/v1.9/version", 404, { 1, 9 }, true },
             { "/v2/version", 404, { 2, 0 }, true }, { "/v0/version", 404, { 0, 0 }, true },
             { "/v0.0/version", 404, { 0, 0 }, true }, { "/v1.10/version", 404, { 1, 10 }, false },
             { "/v1.50/absent", 404, { 1, 50 }, false }, { "/v9999/version", 404, { 9999, 0 }, true },
             { "/v99999999999999999999/version", 404, { 1'000'000, 0 }, true } }) {
        auto const match = routes.match("GET", row.path);
        BOOST_CHECK_MESSAGE((match.route ? 0 : match.status) == row.status, row.path);
        BOOST_CHECK_MESSAGE(match.version == row.version, row.path << " " << match.version.to_string());
        BOOST_CHECK_MESSAGE(match.empty_body == row.empty, row.path);
        BOOST_CHECK_MESSAGE(match.text.empty() == (row.version < ApiVersion { 1, 10 } || row.empty), row.path);
    }
}

BOOST_AUTO_TEST_CASE(names_are_greedy_and_never_empty)
{
    auto const routes = make_router();
    BOOST_TEST(routes.match("GET", "/images/localhost:5000/foo/json").name == "localhost:5000/foo");
    BOOST_TEST(routes.match("GET", "/v1.6/containers/a/json/json").name == "a/json");
    BOOST_TEST(routes.match("GET", "/containers/json").route->pattern == "/containers/json");
    BOOST_TEST(!routes.match("GET", "/containers//json").route);
    BOOST_TEST(!routes.match("GET", "/images/").route);
    BOOST_TEST(!routes.match("POST", "/version").route);
    BOOST_TEST(!routes.match("GET", "/v1.6").route);
    BOOST_TEST(!routes.match("GET", "/v1.6images/viz").route);
    BOOST_TEST(!routes.match("GET", "/version/").route);
    BOOST_TEST(routes.match("OPTIONS", "/anything").status == 200);
}

BOOST_AUTO_TEST_CASE(an_escaped_slash_is_part_of_a_name)
{
    auto const routes = make_router();
    BOOST_TEST(routes
                   .match("GET",
                       "/images/a\x01"
                       "b/json")
                   .name
        == "a/b");
    BOOST_TEST(!routes.match("GET", "/containers\x01json").route);
    BOOST_TEST(!routes.match("GET", "/v1.6\x01version").route);
}

BOOST_AUTO_TEST_CASE(paths_are_cleaned_like_gos)
{
    BOOST_TEST(clean("/") == "/");
    BOOST_TEST(clean("//") == "/");
    BOOST_TEST(clean("/a//b") == "/a/b");
    BOOST_TEST(clean("/a/./b/") == "/a/b/");
    BOOST_TEST(clean("/a/../b") == "/b");
    BOOST_TEST(clean("/../../b") == "/b");
    BOOST_TEST(clean("/a/..") == "/");
}

BOOST_AUTO_TEST_CASE(codes_have_statuses)
{
    BOOST_TEST(status_of(STAITHE_NOT_FOUND) == 404);
    BOOST_TEST(status_of(STAITHE_INVALID) == 400);
    BOOST_TEST(status_of(STAITHE_CONFLICT) == 409);
    BOOST_TEST(status_of(STAITHE_INTERNAL) == 500);
    BOOST_TEST(status_of(9999) == 500);
}

BOOST_AUTO_TEST_SUITE_END()
