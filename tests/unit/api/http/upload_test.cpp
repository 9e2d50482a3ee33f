// Long bodies: streamed, bounded, and never taken for complete when they are not.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http;
using namespace staithe::http::test;
using namespace std::chrono_literals;

namespace {

constexpr size_t body_size = 3u << 20;
std::string const version = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";

std::string with_length(size_t size)
{
    return "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

std::string chunked_body(size_t size)
{
    std::string out = "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
    for (size_t left = size - 1; left > 0;) {
        size_t const piece = std::min<size_t>(left, 10'000);
        char head[16];
        std::snprintf(head, sizeof head, "%zx\r\n", piece);
        out.append(head).append(piece, 'x').append("\r\n");
        left -= piece;
    }
    return out.append("0\r\n\r\n");
}

/// Cuts the message at many points; every handler that ran must have seen an Error.
void check_cuts(std::string const& message)
{
    TestServer server([](ServerOptions& options) { options.body_timeout = 20s; });
    size_t const points = 100;
    for (size_t i = 0; i < points; ++i) {
        auto client = server.client();
        client.send(std::string_view(message).substr(0, message.size() * i / points));
        if (i % 2)
            client.half_close();
        else
            client.close();
        if (i % 2)
            BOOST_TEST(client.receive_all().find("HTTP/1.1 2") == std::string::npos);
    }
    auto whole = server.client();
    BOOST_TEST(whole.ask(message).body == std::to_string(body_size));
    // Those cut within the first MiB never reach a handler.
    BOOST_TEST(server.wait_for_uploads(60));
    BOOST_TEST(eventually([&] {
        auto const all = server.uploads();
        return std::any_of(all.begin(), all.end(), [](auto const& upload) { return upload.complete; });
    }));
    size_t complete = 0;
    for (auto const& upload : server.uploads()) {
        complete += upload.complete;
        BOOST_TEST((upload.complete ? upload.bytes == body_size : !upload.error.empty()));
    }
    BOOST_TEST(complete == 1u);
}

} // namespace

BOOST_AUTO_TEST_SUITE(upload)

BOOST_AUTO_TEST_CASE(streams_and_keeps_the_connection)
{
    TestServer server;
    auto client = server.client();
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(client.ask(with_length(body_size) + std::string(body_size, 'x')).body == std::to_string(body_size));
        BOOST_TEST(client.ask(chunked_body(body_size) + version).body == std::to_string(body_size));
        BOOST_TEST(client.receive().body == "1.6");
    }
}

BOOST_AUTO_TEST_CASE(a_cut_body_with_length_is_an_error)
{
    check_cuts(with_length(body_size) + std::string(body_size, 'x'));
}

BOOST_AUTO_TEST_CASE(a_cut_chunked_body_is_an_error)
{
    check_cuts(chunked_body(body_size));
}

BOOST_AUTO_TEST_CASE(a_malformed_chunk_late_in_the_body_is_an_error)
{
    TestServer server;
    std::string message = chunked_body(body_size);
    message.replace(message.rfind("0\r\n\r\n"), 5, "0x0\r\n\r\n");
    auto client = server.client();
    auto const answer = client.ask(message + version);
    BOOST_TEST(answer.status == 400);
    BOOST_TEST(client.is_closed());
    BOOST_REQUIRE(server.uploads().size() == 1u);
    BOOST_TEST(server.uploads()[0].error.starts_with("malformed request body"));
    BOOST_TEST(server.handled == 0);
}

BOOST_AUTO_TEST_CASE(a_silent_upload_is_an_error_after_its_time)
{
    TestServer server([](ServerOptions& options) { options.body_timeout = 200ms; });
    auto client = server.client();
    client.send(with_length(body_size) + std::string(2u << 20, 'x'));
    BOOST_TEST(server.wait_for_uploads(1));
    BOOST_TEST(server.uploads().at(0).error == "request body does not arrive");
}

BOOST_AUTO_TEST_CASE(a_handler_that_does_not_read_closes_a_long_upload)
{
    TestServer server;
    std::string const head = "POST /refuse-upload HTTP/1.1\r\nHost: x\r\nContent-Length: ";
    auto kept = server.client();
    BOOST_TEST(kept.ask(head + "1000\r\n\r\n" + std::string(1000, 'x')).status == 404);
    BOOST_TEST(kept.ask(version).status == 200);
    auto ended = server.client();
    ended.send(head + "100000000\r\n\r\n" + std::string(3u << 20, 'x'));
    auto const answer = ended.receive();
    BOOST_TEST(answer.status == 404);
    BOOST_TEST(answer.has("Connection: close"));
}

BOOST_AUTO_TEST_SUITE_END()
