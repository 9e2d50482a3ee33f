// The client's reading of answers, framed in every way and cut at every byte.
#include <boost/test/unit_test.hpp>

#include "cli/client.hpp"
#include "tests/unit/cli/fake_daemon.hpp"

using namespace staithe::cli;
using staithe::test::FakeDaemon;

namespace {

staithe::Result<std::string> answer_to(std::string const& bytes)
{
    FakeDaemon daemon;
    daemon.script("GET /v1.6/info", [&](int fd, auto const&) { FakeDaemon::send(fd, bytes); });
    return Client(parse_host(daemon.host()).value()).get("/info");
}

std::string const chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n";
std::string const sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";

} // namespace

BOOST_AUTO_TEST_SUITE(connection)

BOOST_AUTO_TEST_CASE(three_framings)
{
    BOOST_TEST(answer_to(chunked).value() == "abcde");
    BOOST_TEST(answer_to(sized).value() == "abcde");
    BOOST_TEST(answer_to("HTTP/1.1 200 OK\r\n\r\nabcde").value() == "abcde");
    BOOST_TEST(answer_to("HTTP/1.1 204 No Content\r\n\r\n").value() == "");
    BOOST_TEST(answer_to("HTTP/1.1 100 Continue\r\n\r\n" + sized).value() == "abcde");
}

BOOST_AUTO_TEST_CASE(a_cut_answer_is_never_complete)
{
    for (auto const& whole : { chunked, sized }) {
        for (size_t cut = 0; cut < whole.size(); ++cut)
            BOOST_TEST(!answer_to(whole.substr(0, cut)), "cut at " << cut << " of " << whole);
    }
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused)
{
    for (auto const* bytes :
        { "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" })
        BOOST_TEST(!answer_to(bytes), bytes);
    BOOST_TEST(!answer_to("HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'a')));
}

BOOST_AUTO_TEST_CASE(statuses_become_codes)
{
    std::pair<int, staithe_code> const table[] = { { 400, STAITHE_INVALID }, { 404, STAITHE_NOT_FOUND },
        { 406, STAITHE_CONFLICT }, { 409, STAITHE_CONFLICT }, { 500, STAITHE_INTERNAL }, { 301, STAITHE_INTERNAL } };
    for (auto const& [status, code] : table) {
        auto const answer = answer_to(FakeDaemon::reply(status, "because\n"));
        BOOST_REQUIRE(!answer);
        BOOST_TEST(answer.error().code == code);
        BOOST_TEST(answer.error().message == "because");
    }
    BOOST_TEST(answer_to(FakeDaemon::reply(404, "")).error().message == "the daemon answered with status 404");
}

BOOST_AUTO_TEST_CASE(names_are_escaped)
{
    BOOST_TEST(path_segment("web") == "web");
    BOOST_TEST(path_segment("localhost:5000/foo/bar") == "localhost:5000/foo/bar");
    BOOST_TEST(path_segment("a?b#c d%e\r\n") == "a%3Fb%23c%20d%25e%0D%0A");
    BOOST_TEST(query({}) == "");
    BOOST_TEST(query({ { "a", "x y&z=1" }, { "b", "p/q:r" } }) == "?a=x%20y%26z%3D1&b=p%2Fq%3Ar");
}

BOOST_AUTO_TEST_CASE(head_of_a_request)
{
    FakeDaemon daemon;
    std::string head;
    daemon.script("POST /v1.6/x", [&](int fd, auto const& request) {
        head = request.head;
        FakeDaemon::send(fd, FakeDaemon::reply(204, ""));
    });
    BOOST_REQUIRE(Client(parse_host(daemon.host()).value()).post("/x", "{}"));
    BOOST_TEST(head.starts_with("POST /v1.6/x HTTP/1.1\r\nHost: localhost\r\nUser-Agent: staithe/"));
    BOOST_TEST(head.find("\r\nContent-Type: application/json\r\nContent-Length: 2\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
