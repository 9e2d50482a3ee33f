// Odd but right, or odd and needed by clients of the time: all of it must be served, and the connection must go on.
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http::test;

namespace {

struct Row {
    char const* what;
    std::string bytes;
    int status;
    std::string body;
};

std::string get(std::string const& target, std::string const& fields = "Host: x\r\n")
{
    return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}
std::string post(std::string const& fields, std::string const& body)
{
    return "POST /echo HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body;
}
std::string chunked(std::string const& body)
{
    return post("Transfer-Encoding: chunked\r\n", body);
}
std::string repeat(std::string const& s, int count)
{
    std::string out;
    for (int i = 0; i < count; ++i)
        out += s;
    return out;
}

std::vector<Row> body_rows()
{
    return {
        { "no body headers on POST", post("", ""), 200, "" },
        { "docker CLI: plain/text and length 0", post("Content-Type: plain/text\r\nContent-Length: 0\r\n", ""), 200,
            "" },
        { "leading zeros in Content-Length", post("Content-Length: 0005\r\n", "hello"), 200, "hello" },
        { "blanks round Content-Length", post("Content-Length: \t 5 \t\r\n", "hello"), 200, "hello" },
        { "body on GET", get("/version", "Host: x\r\nContent-Length: 2\r\n") + "ab", 200, "1.6" },
        { "one chunk", chunked("5\r\nhello\r\n0\r\n\r\n"), 200, "hello" },
        { "one-byte first chunk", chunked("1\r\nh\r\n4\r\nello\r\n0\r\n\r\n"), 200, "hello" },
        { "no chunk", chunked("0\r\n\r\n"), 200, "" },
        { "zeros before the size", chunked("000005\r\nhello\r\n000\r\n\r\n"), 200, "hello" },
        { "upper-case size", chunked("A\r\n0123456789\r\n0\r\n\r\n"), 200, "0123456789" },
        { "lower-case size", chunked("a\r\n0123456789\r\n0\r\n\r\n"), 200, "0123456789" },
        { "extension", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), 200, "hello" },
        { "extension without value", chunked("5;a\r\nhello\r\n0;last\r\n\r\n"), 200, "hello" },
        { "quoted extension with escapes", chunked("5;a=\"x;\\\"y\"\r\nhello\r\n0\r\n\r\n"), 200, "hello" },
        { "two extensions with blanks", chunked("5 ; a = b ; c\r\nhello\r\n0\r\n\r\n"), 200, "hello" },
        { "trailers", chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n"), 200, "hello" },
        { "chunk data that looks like framing", chunked("7\r\n0\r\n\r\nGE\r\n0\r\n\r\n"), 200, "0\r\n\r\nGE" },
        { "CHUNKED", post("Transfer-Encoding: CHUNKED\r\n", "1\r\na\r\n0\r\n\r\n"), 200, "a" },
        { "blanks round chunked", post("Transfer-Encoding: \tchunked \r\n", "1\r\na\r\n0\r\n\r\n"), 200, "a" },
        { "lower-case names", post("transfer-encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"), 200, "a" },
        { "no space after the colon", post("Content-Length:5\r\n", "hello"), 200, "hello" },
        { "Expect with the body already there", post("Expect: 100-continue\r\nContent-Length: 2\r\n", "ab"), 200,
            "ab" },
        { "Expect in capitals", post("Expect: 100-CONTINUE\r\nContent-Length: 2\r\n", "ab"), 200, "ab" },
        { "multipart on the unix socket",
            post("Origin: http://evil\r\nContent-Type: multipart/form-data\r\nContent-Length: 2\r\n", "ab"), 200,
            "ab" },
        { "unknown path with a body", "POST /absent HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", 404,
            "404 page not found\n" },
        { "handler that answers nothing", "POST /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 200, "" },
    };
}

std::vector<Row> target_rows()
{
    return {
        { "absolute form", get("http://localhost/v1.6/version"), 200, "1.6" },
        { "absolute form with port", get("http://127.0.0.1:4243/version"), 200, "1.6" },
        { "absolute form, capitals", get("HTTP://LOCALHOST/version"), 200, "1.6" },
        { "absolute form with only a query", get("http://localhost?a=b"), 404, "404 page not found\n" },
        { "one empty line first", "\r\n" + get("/version"), 200, "1.6" },
        { "escaped letter", get("/%76ersion"), 200, "1.6" },
        { "query is decoded once", get("/containers/web/json?a=%2541+b"), 200, "web|%41 b" },
        { "empty query", get("/version?"), 200, "1.6" },
        { "odd query", get("/containers/web/json?&&a&=&a=2"), 200, "web|" },
        { "JSON in the query", get("/containers/web/json?a={\"x\":[1]}"), 200, "web|{\"x\":[1]}" },
        { "name with slashes and colon", get("/containers/localhost:5000/a/b/json"), 200, "localhost:5000/a/b|" },
        { "escaped slash belongs to the name", get("/containers/a%2Fb/json"), 200, "a/b|" },
        { "escaped slash separates nothing", get("/containers%2Fweb%2Fjson"), 404, "404 page not found\n" },
        { "name with UTF-8", get("/containers/%C3%A9/json"), 200, "\xC3\xA9|" },
        { "three dots are a name", get("/containers/.../json"), 200, "...|" },
        { "percent in a name", get("/containers/%2541/json"), 200, "%41|" },
        { "API 1.0 as docker 0.3.3 writes it", get("/v1.000000/version"), 200, "1.0" },
        { "major alone", get("/v1/version"), 200, "1.0" },
        { "unparsable version means the newest", get("/v1.2.3/version"), 200, "1.6" },
        { "dot alone means the newest", get("/v./version"), 200, "1.6" },
        { "too new, of the time", get("/v1.7/version"), 404, "" },
        { "v2", get("/v2/version"), 404, "" },
        { "v0", get("/v0/version"), 404, "" },
        { "docker-py's bug", get("/v1.6images/viz"), 404, "404 page not found\n" },
        { "wrong method", "POST /version HTTP/1.1\r\nHost: x\r\n\r\n", 404, "404 page not found\n" },
        { "PATCH", "PATCH /version HTTP/1.1\r\nHost: x\r\n\r\n", 404, "404 page not found\n" },
        { "OPTIONS of anything", "OPTIONS /no/where HTTP/1.1\r\nHost: x\r\n\r\n", 200, "" },
        { "OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 200, "" },
        { "double slash", get("//version"), 301, "" },
        { "dot segments", get("/containers/../version"), 301, "" },
        { "no name", get("/containers//json"), 301, "" },
    };
}

std::vector<Row> field_rows()
{
    return {
        { "empty Host (docker 0.4.4)", get("/version", "Host:\r\n"), 200, "1.6" },
        { "path as Host (docker 0.6.0)", get("/version", "Host: /var/run/docker.sock\r\n"), 200, "1.6" },
        { "any Host on the unix socket", get("/version", "Host: evil.example\r\nOrigin: http://evil\r\n"), 200, "1.6" },
        { "empty value", get("/version", "Host: x\r\nA:\r\n"), 200, "1.6" },
        { "obs-text in a value", get("/version", "Host: x\r\nA: \xff\xfe\r\n"), 200, "1.6" },
        { "tab in a value", get("/version", "Host: x\r\nA: b\tc\r\n"), 200, "1.6" },
        { "all token characters", get("/version", "Host: x\r\n!#$%&'*+-.^_`|~09azAZ: b\r\n"), 200, "1.6" },
        { "same field twice", get("/version", "Host: x\r\nA: b\r\nA: c\r\n"), 200, "1.6" },
        { "100 fields", get("/version", "Host: x\r\n" + repeat("A: b\r\n", 99)), 200, "1.6" },
        { "long line", get("/version", "Host: x\r\nX-Registry-Auth: " + std::string(8000, 'b') + "\r\n"), 200, "1.6" },
        { "long target", get("/version?a=" + std::string(8000, 'b')), 200, "1.6" },
        { "unknown Connection option", get("/version", "Host: x\r\nConnection: TE\r\n"), 200, "1.6" },
        { "HTTP/1.0 keep-alive without Host", "GET /version HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 200, "1.6" },
    };
}

/// Each is followed on the same connection by a plain request that must be served too.
void check_all(std::vector<Row> const& rows)
{
    TestServer server;
    int canaries = 0;
    for (auto const& row : rows) {
        auto client = server.client();
        auto const answer = client.ask(row.bytes);
        BOOST_CHECK_MESSAGE(answer.status == row.status, row.what << ": " << answer.head << answer.body);
        BOOST_CHECK_MESSAGE(answer.body == row.body, row.what << ": " << answer.body);
        BOOST_CHECK_MESSAGE(!answer.has("Connection: close"), row.what);
        BOOST_CHECK_MESSAGE(answer.has("\r\nDate: ") && answer.has("\r\nContent-Type: "), row.what);
        BOOST_CHECK_MESSAGE(client.ask("GET /canary HTTP/1.1\r\nHost: x\r\n\r\n").body == "canary", row.what);
        BOOST_CHECK_MESSAGE(server.canaries == ++canaries, row.what);
    }
    BOOST_TEST_MESSAGE(rows.size() << " odd requests served");
}

} // namespace

BOOST_AUTO_TEST_SUITE(valid)

BOOST_AUTO_TEST_CASE(bodies_are_served)
{
    check_all(body_rows());
}

BOOST_AUTO_TEST_CASE(targets_are_served)
{
    check_all(target_rows());
}

BOOST_AUTO_TEST_CASE(fields_are_served)
{
    check_all(field_rows());
}

BOOST_AUTO_TEST_CASE(a_redirect_names_the_cleaned_path)
{
    TestServer server;
    auto const answer = server.ask("GET /containers//json?all=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(answer.status == 301);
    BOOST_TEST(answer.has("\r\nLocation: /containers/json\r\n"));
}

BOOST_AUTO_TEST_CASE(a_modern_client_is_told_what_to_do)
{
    TestServer server;
    auto const answer = server.ask("GET /v1.50/containers/json HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(answer.status == 404);
    BOOST_TEST(answer.body.starts_with("client API version 1.50 is newer than this daemon's 1.6"));
}

BOOST_AUTO_TEST_SUITE_END()
