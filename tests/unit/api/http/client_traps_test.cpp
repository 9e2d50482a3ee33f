// What the clients of the time really send, to the byte: each test is one of their habits.
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http::test;

namespace {

std::string const attach = "POST /v1.6/containers/web/attach?stream=1&stdin=1 HTTP/1.1\r\n";
std::string const canary = "GET /canary HTTP/1.1\r\nHost: x\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(client_traps)

/// CLI 0.4.4 to 0.6.7 give up with "persistent connection closed" on Connection: close, or on a body that ends by it.
BOOST_AUTO_TEST_CASE(replies_keep_the_connection_and_know_their_end)
{
    TestServer server;
    auto client = server.client();
    for (auto const* const path : { "/version", "/stream", "/containers/a/json", "/throw", "/absent", "/_ping" }) {
        auto const answer = client.ask(
            "GET /v1.6" + std::string(path) + " HTTP/1.1\r\nHost: \r\nUser-Agent: Docker-Client/0.6.2\r\n\r\n");
        BOOST_TEST(answer.status > 0);
        BOOST_TEST(!answer.has("Connection:"));
        BOOST_TEST(answer.has("Content-Length: ") != answer.chunked);
    }
    BOOST_TEST(client.ask("DELETE /v1.6/containers/a HTTP/1.1\r\nHost: \r\n\r\n").has("Content-Length: 0\r\n"));
}

BOOST_AUTO_TEST_CASE(any_host_is_fine_on_the_unix_socket)
{
    TestServer server;
    for (auto const* const host :
        { "", " ", " /var/run/docker.sock", " unix.sock", " evil.example", " 127.0.0.1:4243" })
        BOOST_TEST(server.ask("GET /v1.5/version HTTP/1.1\r\nHost:" + std::string(host) + "\r\n\r\n").status == 200);
}

BOOST_AUTO_TEST_CASE(an_empty_host_of_a_local_peer_is_fine_on_tcp)
{
    TestServer server([](staithe::http::ServerOptions& options) {
        options.listen.push_back("tcp://127.0.0.1:0");
        options.allow_plain_tcp = true;
    });
    BOOST_TEST(Client(server.tcp()).ask("GET /version HTTP/1.1\r\nHost: \r\n\r\n").status == 200);
    BOOST_TEST(Client(server.tcp()).ask("GET /version HTTP/1.1\r\nHost: evil.example\r\n\r\n").status == 403);
}

/// Without stdin it half-closes at once, perhaps before the reply; output still comes.
BOOST_AUTO_TEST_CASE(attach_with_an_early_half_close_gets_its_output)
{
    TestServer server;
    auto client = server.client();
    client.send(attach + "Host: \r\nContent-Type: plain/text\r\nContent-Length: 0\r\n\r\n");
    client.half_close();
    BOOST_TEST(client.receive_all() == "HTTP/1.1 200 OK\r\n\r\nearly=;late=");
}

BOOST_AUTO_TEST_CASE(attach_keeps_stdin_that_comes_with_the_request)
{
    TestServer server;
    auto client = server.client();
    client.send(attach + "Host: \r\nContent-Type: plain/text\r\n\r\nls\n");
    client.send("exit\n");
    client.half_close();
    std::string all = client.receive_all();
    BOOST_REQUIRE(all.starts_with("HTTP/1.1 200 OK\r\n\r\nearly=ls\n"));
    std::erase(all, ';');
    all.erase(all.find("late="), 5);
    BOOST_TEST(all.ends_with("early=ls\nexit\n"));
}

BOOST_AUTO_TEST_CASE(plain_text_of_length_nothing_is_an_empty_body)
{
    TestServer server;
    auto const answer =
        server.ask("POST /v1.6/echo HTTP/1.1\r\nHost: \r\nUser-Agent: Docker-Client/0.6.2\r\nContent-Length: 0\r\n"
                   "Content-Type: plain/text\r\nAccept-Encoding: gzip\r\n\r\n");
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body.empty());
}

/// Its first chunk is one byte: Go peeked at the body to see whether there is one.
BOOST_AUTO_TEST_CASE(uploads_are_chunked_and_begin_with_one_byte)
{
    TestServer server;
    auto client = server.client();
    std::string const block(32768, 't');
    client.send("POST /upload HTTP/1.1\r\nHost: \r\nTransfer-Encoding: chunked\r\nContent-Type: application/tar\r\n"
                "Accept-Encoding: gzip\r\n\r\n1\r\nt\r\n");
    for (int i = 0; i < 64; ++i)
        client.send("8000\r\n" + block + "\r\n");
    client.send("0\r\n\r\n");
    BOOST_TEST(client.receive().body == std::to_string(64 * block.size() + 1));
    BOOST_TEST(client
                   .ask("POST /upload HTTP/1.1\r\nHost: \r\nTransfer-Encoding: chunked\r\n"
                        "Content-Type: multipart/form-data; boundary=b\r\n\r\n1\r\n-\r\n3\r\n-b-\r\n0\r\n\r\n")
                   .body
        == "4");
}

/// docker-py takes each chunk for one JSON object.
BOOST_AUTO_TEST_CASE(one_write_is_one_chunk)
{
    TestServer server;
    auto client = server.client();
    client.send("GET /events HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n");
    auto feed = server.next_feed();
    feed->write("{\"status\":\"create\"}");
    feed->write("{\"status\":\"start\"}");
    feed.reset();
    auto const answer = client.receive();
    BOOST_TEST(answer.chunks == 2u);
    BOOST_TEST(answer.body == "{\"status\":\"create\"}{\"status\":\"start\"}");
}

/// docker-py forgets a slash.
BOOST_AUTO_TEST_CASE(a_prefix_without_its_slash_is_no_prefix)
{
    TestServer server;
    auto const answer = server.ask("GET /v1.6images/viz HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(answer.status == 404);
    BOOST_TEST(answer.body == "404 page not found\n");
}

/// dockerode: JSON without a type and a chunked body on attach, and stdin beyond its Content-Length.
BOOST_AUTO_TEST_CASE(on_attach_everything_after_the_head_is_stdin)
{
    TestServer server;
    for (auto const* const framing : { "Transfer-Encoding: chunked\r\n", "Content-Length: 2\r\n",
             "Content-Type: application/json\r\nContent-Length: 5000000\r\n", "Connection: close\r\n" }) {
        auto client = server.client();
        client.send(attach + "Host: x\r\n" + framing + "\r\n" + canary);
        client.half_close();
        BOOST_TEST(client.receive_all() == "HTTP/1.1 200 OK\r\n\r\nearly=" + canary + ";late=");
    }
    BOOST_TEST(server.canaries == 0);
    BOOST_TEST(server.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}").body == "{}");
}

/// npm docker.io.
BOOST_AUTO_TEST_CASE(targets_may_be_absolute)
{
    TestServer server;
    for (auto const* const target : { "http://localhost/v1.3/version", "http://127.0.0.1:4243/v1.3/version",
             "http://unix/v1.3/version", "HTTP://x:80/v1.3/version" })
        BOOST_TEST(server.ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n").body == "1.3");
    BOOST_TEST(server.ask("GET http://localhost?a=1 HTTP/1.1\r\nHost: x\r\n\r\n").status == 404);
}

/// Ruby docker-api 0.1.1.
BOOST_AUTO_TEST_CASE(json_may_call_itself_text)
{
    TestServer server([](staithe::http::ServerOptions& options) {
        options.listen.push_back("tcp://127.0.0.1:0");
        options.allow_plain_tcp = true;
    });
    std::string const request = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                                "Content-Length: 2\r\n";
    BOOST_TEST(server.ask(request + "\r\n{}").status == 200);
    BOOST_TEST(Client(server.tcp()).ask(request + "\r\n{}").status == 200);
    BOOST_TEST(Client(server.tcp()).ask(request + "Origin: http://localhost\r\n\r\n{}").status == 415);
}

BOOST_AUTO_TEST_CASE(modern_clients_ask_head_first)
{
    TestServer server;
    auto client = server.client();
    auto const head = client.ask("HEAD /_ping HTTP/1.1\r\nHost: api.moby.localhost\r\n\r\n", "HEAD");
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.has("Content-Length: 2\r\n"));
    BOOST_TEST(head.has("API-Version: 1.6"));
    BOOST_TEST(client.ask("GET /_ping HTTP/1.1\r\nHost: api.moby.localhost\r\n\r\n").body == "OK");
    BOOST_TEST(client.ask("HEAD /absent HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD").status == 404);
    BOOST_TEST(client.ask("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
    auto refused = server.client();
    refused.send("HEAD /_ping HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
    BOOST_TEST(refused.receive_all().ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_route_sees_that_an_upgrade_was_asked_for)
{
    TestServer server;
    auto client = server.client();
    client.send("POST /v1.6/containers/web/attach?stdin=1&stream=1 HTTP/1.1\r\nHost: api.moby.localhost\r\n"
                "Connection: Upgrade\r\nContent-Type: text/plain\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n");
    client.half_close();
    BOOST_TEST(
        client.receive_all().starts_with("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
