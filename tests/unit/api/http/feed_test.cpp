// Replies written bit by bit from other threads, while the connection is parked.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http;
using namespace staithe::http::test;
using namespace std::chrono_literals;

namespace {

std::string const version = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";
std::string const events = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

/// A client whose head has come, and the feed that writes to it.
struct Follower {
    explicit Follower(TestServer& server, std::string const& request = events)
        : client(server.client())
    {
        client.send(request);
        feed = server.next_feed();
        while (!head.ends_with("\r\n\r\n")) {
            std::string const more = client.receive_some(1);
            BOOST_REQUIRE(!more.empty());
            head += more;
        }
    }
    Client client;
    std::shared_ptr<Feed> feed;
    std::string head;
};

} // namespace

BOOST_AUTO_TEST_SUITE(feed)

BOOST_AUTO_TEST_CASE(the_head_leaves_at_once_and_each_write_is_one_chunk)
{
    TestServer server;
    Follower follower(server);
    BOOST_TEST(follower.head.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(follower.head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    BOOST_TEST(follower.head.find("Content-Type: application/json\r\n") != std::string::npos);
    BOOST_TEST(follower.head.find("Connection:") == std::string::npos);
    BOOST_TEST(follower.feed->write("{\"a\":1}"));
    BOOST_TEST(follower.client.receive_some(12) == "7\r\n{\"a\":1}\r\n");
    BOOST_TEST(follower.feed->write(""));
    BOOST_TEST(follower.feed->write("0123456789abcdef"));
    BOOST_TEST(follower.client.receive_some(22) == "10\r\n0123456789abcdef\r\n");
    follower.feed.reset();
    BOOST_TEST(follower.client.receive_some(5) == "0\r\n\r\n");
    BOOST_TEST(follower.client.ask(version).body == "1.6");
    BOOST_TEST(server.gone == 0);
}

BOOST_AUTO_TEST_CASE(an_http_1_0_feed_ends_with_the_connection)
{
    TestServer server;
    Follower follower(server, "GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(follower.head.find("chunked") == std::string::npos);
    follower.feed->write("one");
    follower.feed->write("two");
    follower.feed.reset();
    BOOST_TEST(follower.client.receive_all() == "onetwo");
}

BOOST_AUTO_TEST_CASE(a_client_that_wants_the_end_gets_it)
{
    TestServer server;
    Follower follower(server, "GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    BOOST_TEST(follower.head.find("Connection: close\r\n") != std::string::npos);
    follower.feed.reset();
    BOOST_TEST(follower.client.receive_all() == "0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(head_is_answered_without_a_body)
{
    TestServer server;
    auto client = server.client();
    BOOST_TEST(client.ask("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD").status == 200);
    auto const feed = server.next_feed();
    BOOST_TEST(client.ask(version).body == "1.6");
    BOOST_TEST(eventually([&] { return server.gone == 1; }));
    BOOST_TEST(!feed->write("x"));
}

BOOST_AUTO_TEST_CASE(many_feeds_hold_no_thread)
{
    TestServer server([](ServerOptions& options) { options.request_threads = 2; });
    std::vector<Follower> followers;
    for (int i = 0; i < 100; ++i)
        followers.emplace_back(server);
    BOOST_TEST(server.ask(version).status == 200);
    for (auto& follower : followers)
        follower.feed->write("x");
    for (auto& follower : followers) {
        follower.feed.reset();
        BOOST_TEST(follower.client.receive_some(11) == "1\r\nx\r\n0\r\n\r\n");
    }
}

BOOST_AUTO_TEST_CASE(writers_on_many_threads_lose_and_mix_nothing)
{
    TestServer server;
    Follower follower(server);
    constexpr int writers = 8, lines = 500;
    std::atomic<int> refused { 0 };
    std::vector<std::thread> threads;
    for (int i = 0; i < writers; ++i)
        threads.emplace_back([&, i] {
            for (int j = 0; j < lines; ++j)
                refused += !follower.feed->write(std::string(1, static_cast<char>('a' + i)) + std::string(99, '.'));
        });
    std::string const all = follower.client.receive_some(writers * lines * 106);
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(refused == 0);
    BOOST_REQUIRE(all.size() == writers * lines * 106u);
    for (size_t at = 0; at < all.size(); at += 106)
        BOOST_REQUIRE(all.substr(at, 4) == "64\r\n" && all.substr(at + 5, 101) == std::string(99, '.') + "\r\n");
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_is_noticed)
{
    TestServer server;
    Follower follower(server);
    follower.client.close();
    BOOST_TEST(eventually([&] { return server.gone == 1; }));
    BOOST_TEST(!follower.feed->write("x"));
    std::atomic<bool> late { false };
    follower.feed->on_client_gone([&] { late = true; });
    BOOST_TEST(eventually([&] { return late.load(); }));
    BOOST_TEST(server.ask(version).status == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_half_closes_goes_on_listening)
{
    TestServer server;
    Follower follower(server);
    follower.client.half_close();
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(server.gone == 0);
    BOOST_TEST(follower.feed->write("late"));
    BOOST_TEST(follower.client.receive_some(9) == "4\r\nlate\r\n");
    follower.feed.reset();
    BOOST_TEST(follower.client.receive_all() == "0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_pipelined_request_waits_for_the_end)
{
    TestServer server;
    Follower follower(server, events + version);
    std::this_thread::sleep_for(20ms);
    BOOST_TEST(server.handled == 0);
    follower.feed.reset();
    BOOST_TEST(follower.client.receive_some(5) == "0\r\n\r\n");
    BOOST_TEST(follower.client.receive().body == "1.6");
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_given_up)
{
    TestServer server;
    Follower follower(server);
    follower.feed->write("x"); // once it has come, the gate has the connection, and what follows counts
    BOOST_TEST(follower.client.receive_some(6) == "1\r\nx\r\n");
    std::string const line(10'000, 'x');
    size_t written = 0;
    while (written < (64u << 20) && follower.feed->write(line))
        written += line.size();
    BOOST_TEST(written > 4u << 20);
    BOOST_TEST(written < 8u << 20);
    BOOST_TEST(eventually([&] { return server.gone == 1; }));
    BOOST_TEST(!follower.client.receive_all().ends_with("0\r\n\r\n"));
    BOOST_TEST(server.ask(version).status == 200);
}

BOOST_AUTO_TEST_CASE(what_the_handler_writes_before_it_returns_is_no_reason_to_give_up)
{
    TestServer server;
    Follower follower(server, "GET /events?before=123456789 HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(follower.feed->write("x"));
    size_t const framed = 8 + (1u << 20) + 2;
    BOOST_TEST(follower.client.receive_some(9 * framed).size() == 9 * framed);
    BOOST_TEST(follower.client.receive_some(6) == "1\r\nx\r\n");
    follower.feed.reset();
    BOOST_TEST(follower.client.receive_some(5) == "0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(one_large_write_is_no_reason_to_give_up)
{
    TestServer server;
    Follower follower(server);
    std::string const large(9u << 20, 'x');
    BOOST_TEST(follower.feed->write(large));
    BOOST_TEST(follower.client.receive_some(8 + large.size() + 2).size() == 8 + large.size() + 2);
    BOOST_TEST(follower.feed->write("x"));
    BOOST_TEST(follower.client.receive_some(6) == "1\r\nx\r\n");
}

BOOST_AUTO_TEST_CASE(a_stop_cuts_the_feed_which_may_live_on)
{
    std::shared_ptr<Feed> feed;
    std::unique_ptr<Client> client;
    {
        TestServer server;
        Follower follower(server);
        follower.feed->write("x");
        BOOST_TEST(follower.client.receive_some(6) == "1\r\nx\r\n");
        feed = std::move(follower.feed);
        client = std::make_unique<Client>(std::move(follower.client));
        server.server().stop(1000ms);
        BOOST_TEST(server.gone == 1);
        BOOST_TEST(client->is_closed());
    }
    BOOST_TEST(!feed->write("too late"));
    feed->on_client_gone([] {});
    feed.reset();
}

BOOST_AUTO_TEST_SUITE_END()
