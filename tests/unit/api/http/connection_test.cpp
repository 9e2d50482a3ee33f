// The life of a connection: keep-alive, pipelines, half-closes, limits of time.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http;
using namespace staithe::http::test;
using namespace std::chrono_literals;

namespace {

std::string const version = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(connection)

BOOST_AUTO_TEST_CASE(stays_open_for_many_requests)
{
    TestServer server;
    auto client = server.client();
    for (int i = 0; i < 1000; ++i) {
        auto const answer = client.ask(version);
        BOOST_REQUIRE(answer.status == 200);
        BOOST_REQUIRE(!answer.has("Connection:"));
    }
}

BOOST_AUTO_TEST_CASE(answers_a_pipeline_in_order)
{
    TestServer server;
    auto client = server.client();
    std::string requests;
    for (int i = 0; i < 500; ++i)
        requests += i % 3 == 2 ? "GET /absent HTTP/1.1\r\nHost: x\r\n\r\n"
                               : "GET /containers/" + std::to_string(i) + "/json HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(requests);
    for (int i = 0; i < 500; ++i)
        BOOST_REQUIRE(client.receive().body == (i % 3 == 2 ? "404 page not found\n" : std::to_string(i) + "|"));
}

BOOST_AUTO_TEST_CASE(a_long_pipeline_without_routes_does_not_exhaust_the_stack)
{
    TestServer server;
    auto client = server.client();
    std::string requests = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n";
    client.send(requests);
    requests = "x";
    for (int i = 0; i < 5000; ++i)
        requests += "GET / HTTP/1.1\r\nHost:\r\n\r\n";
    client.send(requests);
    for (int i = 0; i < 5001; ++i)
        BOOST_REQUIRE(client.receive().status == (i ? 404 : 200));
}

BOOST_AUTO_TEST_CASE(a_bad_request_in_a_pipeline_ends_it)
{
    TestServer server;
    auto client = server.client();
    client.send(version + "BAD\r\n\r\n" + version);
    BOOST_TEST(client.receive().status == 200);
    BOOST_TEST(client.receive().status == 400);
    BOOST_TEST(client.is_closed());
    BOOST_TEST(server.handled == 1);
}

BOOST_AUTO_TEST_CASE(requests_may_come_byte_by_byte)
{
    TestServer server;
    auto client = server.client();
    for (char const c :
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + version)
        client.send(std::string_view(&c, 1));
    BOOST_TEST(client.receive().body == "hello");
    BOOST_TEST(client.receive().body == "1.6");
}

BOOST_AUTO_TEST_CASE(closes_when_the_client_asks)
{
    TestServer server;
    auto client = server.client();
    auto const answer = client.ask("GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + version);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.has("Connection: close"));
    BOOST_TEST(client.is_closed());
    BOOST_TEST(server.handled == 1);
}

BOOST_AUTO_TEST_CASE(streams_after_a_reply_on_the_same_connection)
{
    TestServer server;
    auto client = server.client();
    for (int i = 0; i < 3; ++i) {
        BOOST_REQUIRE(client.ask(version).status == 200);
        BOOST_REQUIRE(client.ask("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
    }
}

BOOST_AUTO_TEST_CASE(http_1_0_closes_unless_kept)
{
    TestServer server;
    auto once = server.client();
    BOOST_TEST(once.ask("GET /version HTTP/1.0\r\n\r\n").has("Connection: close"));
    BOOST_TEST(once.is_closed());
    auto kept = server.client();
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(kept.ask("GET /version HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").has("Connection: keep-alive"));
}

BOOST_AUTO_TEST_CASE(a_half_closed_client_gets_its_reply)
{
    TestServer server;
    auto client = server.client();
    client.send(version);
    client.half_close();
    BOOST_TEST(client.receive().body == "1.6");
    BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(expect_100_continue_is_honoured)
{
    TestServer server;
    auto client = server.client();
    auto const interim =
        client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", "HEAD");
    BOOST_TEST(interim.status == 100);
    BOOST_TEST(client.ask("hello").body == "hello");
}

BOOST_AUTO_TEST_CASE(head_gets_no_body)
{
    TestServer server;
    auto client = server.client();
    auto const ping = client.ask("HEAD /_ping HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD");
    BOOST_TEST(ping.status == 200);
    BOOST_TEST(ping.has("Content-Length: 2\r\n"));
    BOOST_TEST(client.ask("HEAD /version HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD").status == 404);
    BOOST_TEST(client.ask(version).body == "1.6");
}

BOOST_AUTO_TEST_CASE(a_slow_head_meets_its_deadline_however_it_drips)
{
    TestServer server([](ServerOptions& options) { options.head_timeout = 300ms; });
    auto client = server.client();
    auto const begin = std::chrono::steady_clock::now();
    client.send("GET /version HTTP/1.1\r\n");
    bool open = true;
    while (open && std::chrono::steady_clock::now() - begin < 20s) {
        open = client.send("A");
        std::this_thread::sleep_for(20ms);
    }
    BOOST_TEST(!open);
}

BOOST_AUTO_TEST_CASE(a_slow_short_body_meets_its_deadline)
{
    TestServer server([](ServerOptions& options) { options.body_timeout = 200ms; });
    auto const answer = server.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab");
    BOOST_TEST(answer.status == 408);
    BOOST_TEST(server.handled == 0);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_ends)
{
    TestServer server([](ServerOptions& options) { options.idle_timeout = 200ms; });
    auto client = server.client();
    BOOST_TEST(client.ask(version).status == 200);
    BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(a_short_body_may_have_4_mib_and_no_more)
{
    TestServer server;
    constexpr size_t limit = 4u << 20;
    auto const length = [](size_t size) {
        return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
    };
    BOOST_TEST(server.ask(length(limit) + std::string(limit, 'x')).body.size() == limit);
    BOOST_TEST(server.ask(length(limit + 1)).status == 413);
    auto client = server.client();
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n500000\r\n");
    client.send(std::string(0x500000, 'x'));
    BOOST_TEST(client.receive().status == 413);
    BOOST_TEST(server.handled == 1);
}

BOOST_AUTO_TEST_CASE(stop_ends_idle_and_parked_connections)
{
    TestServer server;
    auto idle = server.client();
    BOOST_TEST(idle.ask(version).status == 200);
    auto parked = server.client();
    parked.send("POST /containers/web/wait HTTP/1.1\r\nHost: x\r\n\r\n");
    auto const deferred = server.next_deferred();
    BOOST_REQUIRE(deferred);
    server.server().stop(1000ms);
    BOOST_TEST(idle.is_closed());
    BOOST_TEST(parked.is_closed());
    deferred->send({});
}

BOOST_AUTO_TEST_SUITE_END()
