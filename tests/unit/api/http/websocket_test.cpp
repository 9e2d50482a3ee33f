// WebSockets through the real server: the table again, and what a codec cannot show — the two ways of ending, text that
// is cut or wrong, and sides that do not read.
#include <boost/test/unit_test.hpp>

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <thread>

#include "tests/unit/api/http/test_server.hpp"
#include "tests/unit/api/http/websocket_cases.hpp"

using namespace staithe;
using namespace staithe::http;
using namespace staithe::http::test;
using namespace std::chrono_literals;

namespace {

std::string const handshake = "GET /v1.6/containers/web/attach/ws?stream=1 HTTP/1.1\r\nHost: localhost\r\n"
                              "Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://localhost\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// An open WebSocket: the client's end, and what the server side holds.
struct Pair {
    explicit Pair(TestServer& server, std::string const& early = {})
        : client(server.client())
    {
        client.send(handshake + early);
        BOOST_REQUIRE(client.receive("HEAD").status == 101);
        stream = std::make_unique<Client>(server.next_stream());
    }
    ServerFrames rest() { return read_server_frames(client.receive_all()); }

    Client client;
    std::unique_ptr<Client> stream;
};

/// Everything that arrives on the stream, read on a thread of its own.
struct Reader {
    explicit Reader(Client& stream)
        : thread([this, &stream] { data = stream.receive_all(); })
    {
    }
    ~Reader() { join(); }
    std::string const& join()
    {
        if (thread.joinable())
            thread.join();
        return data;
    }
    std::string data;
    std::thread thread;
};

void check_row(TestServer& server, WebSocketCase const& row, bool early)
{
    Pair pair(server, early ? row.bytes : "");
    Reader reader(*pair.stream);
    if (!early)
        pair.client.send(row.bytes);
    auto const frames = pair.rest();
    auto const& data = reader.join();
    BOOST_CHECK_MESSAGE(frames.well_formed, row.name << ": malformed reply");
    BOOST_CHECK_MESSAGE(join(frames.control) == join(row.replies), row.name << ": " << join(frames.control));
    BOOST_CHECK_MESSAGE(data == row.data, row.name << ": " << data.size() << " bytes of data");
}

} // namespace

BOOST_AUTO_TEST_SUITE(websocket)

BOOST_AUTO_TEST_CASE(every_row_of_the_table)
{
    TestServer server;
    for (auto const& row : websocket_cases())
        check_row(server, row, false);
}

BOOST_AUTO_TEST_CASE(frames_may_come_with_the_handshake)
{
    TestServer server;
    for (auto const& row : websocket_cases())
        if (row.bytes.size() < 10'000)
            check_row(server, row, true);
}

BOOST_AUTO_TEST_CASE(what_is_written_leaves_as_text)
{
    TestServer server;
    Pair pair(server);
    pair.stream->send("hello");
    BOOST_TEST(pair.client.receive_some(7) == "\x81\x05hello");
    pair.client.send(client_frame(0x81, "hi"));
    BOOST_TEST(pair.stream->receive_some(2) == "hi");
    pair.client.send(client_close(1000));
    BOOST_TEST(join(pair.rest().control) == "close:1000 ");
    BOOST_TEST(pair.stream->is_closed());
}

BOOST_AUTO_TEST_CASE(the_end_of_the_stream_closes_with_1000)
{
    TestServer server;
    Pair pair(server);
    pair.stream->send("last words");
    pair.stream->close();
    BOOST_TEST(pair.client.receive_some(16) == std::string("\x81\x0alast words\x88\x02\x03\xe8", 16));
    pair.client.send(client_frame(0x81, "ignored") + client_close(1000));
    BOOST_TEST(pair.client.is_closed());
}

BOOST_AUTO_TEST_CASE(a_half_closed_stream_has_ended)
{
    TestServer server;
    Pair pair(server);
    pair.stream->half_close();
    BOOST_TEST(pair.client.receive_some(4) == std::string("\x88\x02\x03\xe8", 4));
    pair.client.send(client_close(1000));
    BOOST_TEST(pair.client.is_closed());
    BOOST_TEST(pair.stream->is_closed());
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_answer_the_close_is_left)
{
    TestServer server;
    Pair pair(server);
    pair.stream->close();
    auto const begin = std::chrono::steady_clock::now();
    BOOST_TEST(join(pair.rest().control) == "close:1000 ");
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 8s));
}

BOOST_AUTO_TEST_CASE(a_client_that_vanishes_ends_the_stream_after_what_it_sent)
{
    TestServer server;
    for (bool const half : { true, false }) {
        Pair pair(server);
        pair.client.send(client_frame(0x82, "typed") + "\x82");
        half ? pair.client.half_close() : pair.client.close();
        BOOST_TEST(pair.stream->receive_all() == "typed");
    }
}

BOOST_AUTO_TEST_CASE(characters_are_never_cut)
{
    TestServer server;
    Pair pair(server);
    std::string text;
    for (int i = 0; i < 200'000; ++i)
        text += i % 3 ? "\xe2\x82\xac" : "\xf0\x9f\x98\x80";
    std::thread writer([&] {
        for (size_t at = 0, step = 1; at < text.size(); at += step, step = step % 4099 + 1)
            pair.stream->send(text.substr(at, step));
        pair.stream->close();
    });
    pair.client.send(client_close(1000).substr(0, 1)); // not yet the end
    std::string all;
    while (!all.ends_with(std::string("\x88\x02\x03\xe8", 4)))
        all += pair.client.receive_some(1);
    writer.join();
    auto const frames = read_server_frames(all);
    BOOST_TEST(frames.well_formed);
    BOOST_TEST((frames.text == text));
}

BOOST_AUTO_TEST_CASE(a_cut_character_waits_and_a_wrong_byte_is_replaced)
{
    TestServer server;
    Pair pair(server);
    pair.stream->send("a\xe2\x82");
    BOOST_TEST(pair.client.receive_some(3)
        == "\x81\x01"
           "a");
    pair.stream->send("\xac");
    BOOST_TEST(pair.client.receive_some(5) == "\x81\x03\xe2\x82\xac");
    pair.stream->send("\xff!");
    BOOST_TEST(pair.client.receive_some(6) == "\x81\x04\xef\xbf\xbd!");
    pair.stream->send("\xf0\x9f");
    pair.stream->close();
    BOOST_TEST(pair.client.receive_some(9) == std::string("\x81\x03\xef\xbf\xbd\x88\x02\x03\xe8", 9));
}

BOOST_AUTO_TEST_CASE(any_bytes_leave_as_valid_text)
{
    TestServer server;
    Pair pair(server);
    std::string bytes;
    for (uint32_t i = 0, state = 1; i < 300'000; ++i)
        bytes.push_back(static_cast<char>((state = state * 1664525 + 1013904223) >> 24));
    std::thread writer([&] {
        pair.stream->send(bytes);
        pair.stream->close();
    });
    std::string all;
    while (!all.ends_with(std::string("\x88\x02\x03\xe8", 4)))
        all += pair.client.receive_some(1);
    writer.join();
    BOOST_TEST(read_server_frames(all).well_formed);
}

/// How much a blocking writer can push before the other side must read.
template <class Send> size_t push_until_full(Client& client, Send const& send)
{
    timeval const patience { 0, 300'000 };
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    size_t pushed = 0;
    while (pushed < 64u << 20 && send())
        pushed += 50'000;
    return pushed;
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_holds_the_stream_back)
{
    TestServer server;
    Pair pair(server);
    std::string const block(50'000, 'x');
    BOOST_TEST(push_until_full(*pair.stream, [&] { return pair.stream->send(block); }) < 4u << 20);
    BOOST_TEST(server.ask("GET /version HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
    pair.client.send(client_close(1000));
    auto const frames = pair.rest();
    BOOST_TEST(frames.well_formed);
    BOOST_TEST(join(frames.control) == "close:1000 ");
}

BOOST_AUTO_TEST_CASE(a_stream_that_does_not_read_holds_the_client_back)
{
    TestServer server;
    Pair pair(server);
    std::string const frame = client_frame(0x82, std::string(50'000, 'x'));
    size_t const pushed = push_until_full(pair.client, [&] { return pair.client.send(frame); });
    BOOST_TEST(pushed < 4u << 20);
    pair.client.close();
    BOOST_TEST(pair.stream->receive_all().size() >= pushed);
}

/// What is left at the end is given up after the time for bodies, counted from the last byte that was taken.
BOOST_AUTO_TEST_CASE(nobody_is_waited_for_without_end)
{
    TestServer server([](ServerOptions& options) { options.body_timeout = 300ms; });
    std::string const block(50'000, 'x');
    Pair deaf_client(server), deaf_stream(server);
    push_until_full(*deaf_client.stream, [&] { return deaf_client.stream->send(block); });
    push_until_full(deaf_stream.client, [&] { return deaf_stream.client.send(client_frame(0x82, block)); });
    deaf_client.stream->close();
    deaf_stream.client.close();
    std::this_thread::sleep_for(1500ms);
    BOOST_TEST(!read_server_frames(deaf_client.client.receive_all()).control.size());
    BOOST_TEST(deaf_stream.stream->receive_all().size() < 4u << 20);
    BOOST_TEST(!deaf_stream.stream->send("x"));
}

BOOST_AUTO_TEST_CASE(pings_that_nobody_reads_the_answers_to_are_bounded)
{
    TestServer server;
    Pair pair(server);
    std::string pings;
    for (int i = 0; i < 400; ++i)
        pings += client_frame(0x89, std::string(125, 'p'));
    BOOST_TEST(push_until_full(pair.client, [&] { return pair.client.send(pings); }) < 8u << 20);
}

BOOST_AUTO_TEST_CASE(both_ways_at_once_lose_nothing)
{
    TestServer server;
    Pair pair(server);
    constexpr size_t blocks = 400;
    std::string const block(30'000, 'y');
    std::thread echo([&] {
        for (size_t left = blocks * block.size(); left > 0;) {
            std::string const some = pair.stream->receive_some(1);
            if (some.empty())
                break;
            std::string const more = some + pair.stream->receive_some(std::min<size_t>(left - 1, 10'000));
            pair.stream->send(more);
            left -= more.size();
        }
        pair.stream->close();
    });
    std::thread writer([&] {
        for (size_t i = 0; i < blocks; ++i)
            pair.client.send(client_frame(i % 2 ? 0x81 : 0x82, block));
    });
    auto const frames = pair.rest();
    writer.join();
    echo.join();
    BOOST_TEST(frames.well_formed);
    BOOST_TEST(frames.text.size() == blocks * block.size());
    BOOST_TEST(join(frames.control) == "close:1000 ");
}

BOOST_AUTO_TEST_CASE(many_sockets_hold_no_thread)
{
    TestServer server([](ServerOptions& options) { options.request_threads = 2; });
    std::vector<std::unique_ptr<Pair>> pairs;
    for (int i = 0; i < 100; ++i)
        pairs.push_back(std::make_unique<Pair>(server));
    for (auto const& pair : pairs)
        pair->client.send(client_frame(0x81, "x"));
    for (auto const& pair : pairs) {
        BOOST_TEST(pair->stream->receive_some(1) == "x");
        pair->stream->send("y");
        BOOST_TEST(pair->client.receive_some(3) == "\x81\x01y");
    }
}

BOOST_AUTO_TEST_CASE(a_stop_says_1001)
{
    TestServer server;
    Pair pair(server);
    pair.client.send(client_frame(0x81, "x"));
    BOOST_TEST(pair.stream->receive_some(1) == "x");
    auto const begin = std::chrono::steady_clock::now();
    server.server().stop(5000ms);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 2s));
    BOOST_TEST(join(pair.rest().control) == "close:1001 ");
    BOOST_TEST(pair.stream->is_closed());
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_a_client_that_does_not_read)
{
    TestServer server;
    Pair pair(server);
    std::string const block(50'000, 'x');
    push_until_full(*pair.stream, [&] { return pair.stream->send(block); });
    auto const begin = std::chrono::steady_clock::now();
    server.server().stop(300ms);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 3s));
}

BOOST_AUTO_TEST_CASE(closed_sockets_leave_nothing_and_idle_ones_cost_nothing)
{
    TestServer server;
    Pair idle(server);
    for (int i = 0; i < 200; ++i) {
        Pair pair(server);
        pair.client.send(client_frame(0x81, "x"));
        i % 2 ? pair.client.close() : pair.stream->close();
    }
    timespec before {}, after {};
    std::this_thread::sleep_for(100ms);
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    std::this_thread::sleep_for(500ms);
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    double const spent =
        static_cast<double>(after.tv_sec - before.tv_sec) + static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e9;
    BOOST_TEST(spent < 0.1);
    idle.stream->send("still");
    BOOST_TEST(idle.client.receive_some(7) == "\x81\x05still");
}

BOOST_AUTO_TEST_SUITE_END()
