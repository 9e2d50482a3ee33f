// The ways of answering: send, stream, defer, hijack.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http;
using namespace staithe::http::test;
using namespace std::chrono_literals;

namespace {

std::string const version = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";
std::string const wait_request = "POST /containers/web/wait HTTP/1.1\r\nHost: x\r\n\r\n";

std::string get(std::string const& path)
{
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(responder)

BOOST_AUTO_TEST_CASE(replies_have_the_headers_of_the_time)
{
    TestServer server;
    auto client = server.client();
    auto const removed = client.ask("DELETE /containers/web HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(removed.status == 204);
    BOOST_TEST(removed.has("Content-Length: 0\r\n"));
    BOOST_TEST(removed.has("Content-Type: text/plain; charset=utf-8\r\n"));
    BOOST_TEST(removed.has("Date: "));
    BOOST_TEST(removed.has("Server: Staithe\r\n"));
    BOOST_TEST(client.ask(get("/throw")).status == 500);
    BOOST_TEST(client.ask(version).status == 200);
}

BOOST_AUTO_TEST_CASE(a_header_value_cannot_start_another_header)
{
    TestServer server;
    BOOST_TEST(!server.ask(get("/_ping")).has("\r\nEvil:"));
}

BOOST_AUTO_TEST_CASE(cors_headers_are_on_handled_replies_only)
{
    TestServer server([](ServerOptions& options) { options.cors = true; });
    auto client = server.client();
    BOOST_TEST(client.ask(version).has("Access-Control-Allow-Origin: *\r\n"));
    BOOST_TEST(
        client.ask(get("/v1.7/version")).has("Access-Control-Allow-Methods: GET, POST, DELETE, PUT, OPTIONS\r\n"));
    BOOST_TEST(client.ask("OPTIONS /x HTTP/1.1\r\nHost: x\r\n\r\n").has("Access-Control-Allow-Headers: "));
    BOOST_TEST(!client.ask(get("/absent")).has("Access-Control"));
    BOOST_TEST(!client.ask(get("//version")).has("Access-Control"));
}

BOOST_AUTO_TEST_CASE(each_write_is_one_chunk)
{
    TestServer server;
    auto client = server.client();
    auto const answer = client.ask(get("/stream"));
    BOOST_TEST(answer.chunked);
    BOOST_TEST(answer.chunks == 3u);
    BOOST_TEST(answer.body == "{\"a\":1}" + std::string(10'000, 'x') + "end");
    BOOST_TEST(client.ask(version).status == 200);
}

BOOST_AUTO_TEST_CASE(an_http_1_0_stream_ends_with_the_connection)
{
    TestServer server;
    auto const answer = server.ask("GET /stream HTTP/1.0\r\n\r\n");
    BOOST_TEST(!answer.chunked);
    BOOST_TEST(answer.body == "{\"a\":1}" + std::string(10'000, 'x') + "end");
}

BOOST_AUTO_TEST_CASE(an_aborted_stream_has_no_last_chunk)
{
    TestServer server;
    auto client = server.client();
    client.send(get("/abort"));
    BOOST_TEST(client.receive_all().ends_with("4\r\npart\r\n"));
}

BOOST_AUTO_TEST_CASE(slow_readers_hold_no_worker)
{
    TestServer server([](ServerOptions& options) { options.request_threads = 2; });
    std::vector<Client> slow;
    for (int i = 0; i < 10; ++i) {
        slow.push_back(server.client());
        slow.back().send(get("/big"));
    }
    BOOST_TEST(server.ask(version).status == 200);
    for (auto& client : slow)
        BOOST_TEST(client.receive().body.size() == 8u << 20);
}

BOOST_AUTO_TEST_CASE(a_client_that_never_reads_is_dropped)
{
    TestServer server([](ServerOptions& options) { options.body_timeout = 200ms; });
    auto client = server.client();
    client.send(get("/big"));
    std::this_thread::sleep_for(600ms);
    BOOST_TEST(client.receive_all().size() < 8u << 20);
}

BOOST_AUTO_TEST_CASE(a_deferred_reply_costs_no_thread_and_keeps_the_connection)
{
    TestServer server([](ServerOptions& options) { options.request_threads = 2; });
    std::vector<Client> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(server.client());
        clients.back().send(wait_request + version);
    }
    BOOST_TEST(server.ask(version).status == 200);
    for (int i = 0; i < 50; ++i) {
        auto const deferred = server.next_deferred();
        BOOST_REQUIRE(deferred);
        deferred->send({ 200, "application/json", R"({"StatusCode":0})", {} });
    }
    for (auto& client : clients) {
        BOOST_TEST(client.receive().body == R"({"StatusCode":0})");
        BOOST_TEST(client.receive().body == "1.6");
    }
    BOOST_TEST(server.gone == 0);
}

BOOST_AUTO_TEST_CASE(a_dropped_deferred_closes_the_connection)
{
    TestServer server;
    auto client = server.client();
    client.send(wait_request);
    server.next_deferred().reset();
    BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(a_parked_client_that_goes_is_noticed)
{
    TestServer server;
    auto client = server.client();
    client.send(wait_request);
    auto const deferred = server.next_deferred();
    client.close();
    BOOST_TEST(eventually([&] { return server.gone == 1; }));
    deferred->send({});
    BOOST_TEST(server.ask(version).status == 200);
}

BOOST_AUTO_TEST_CASE(a_parked_client_that_half_closes_is_not_gone)
{
    TestServer server;
    auto client = server.client();
    client.send(wait_request);
    auto const deferred = server.next_deferred();
    client.half_close();
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(server.gone == 0);
    deferred->send({ 200, "text/plain", "late", {} });
    BOOST_TEST(client.receive().body == "late");
    BOOST_TEST(client.is_closed());
}

BOOST_AUTO_TEST_CASE(a_handler_can_see_that_the_client_has_gone)
{
    TestServer server;
    auto client = server.client();
    client.send(get("/work"));
    BOOST_TEST(eventually([&] { return server.handled == 1; }));
    client.close();
    BOOST_TEST(eventually([&] { return server.saw_client_gone.load(); }));
}

BOOST_AUTO_TEST_CASE(hijack_gives_socket_and_early_data)
{
    TestServer server;
    for (auto const* const framing :
        { "", "Content-Length: 0\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n",
            "Content-Type: plain/text\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n" }) {
        auto client = server.client();
        client.send("POST /v1.6/containers/web/attach?stdin=1 HTTP/1.1\r\nHost: x\r\n" + std::string(framing)
            + "\r\nGET /canary HTTP/1.1\r\nHost: x\r\n\r\n");
        BOOST_TEST(client.receive("HEAD").status > 0);
        client.send("more");
        client.half_close();
        std::string const all = client.receive_all();
        BOOST_TEST(all.starts_with("early=GET /canary"));
        BOOST_TEST(all.ends_with("more"));
        BOOST_TEST(server.canaries == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_hijacking_route_that_refuses_closes)
{
    TestServer server;
    auto client = server.client();
    auto const answer =
        client.ask("POST /containers/absent/attach HTTP/1.1\r\nHost: x\r\n\r\nGET /canary HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(answer.status == 404);
    BOOST_TEST(client.is_closed());
    BOOST_TEST(server.canaries == 0);
}

BOOST_AUTO_TEST_SUITE_END()
