// URLs of clients, fetched by the real driver from a server on the loopback that answers what the test says.
#include "installation.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <thread>

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

namespace {

/// Answers every connection with the same bytes, until it is destroyed.
class Server {
public:
    explicit Server(std::string answer)
        : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
        , m_answer(std::move(answer))
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        BOOST_REQUIRE_EQUAL(::bind(m_listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
        BOOST_REQUIRE_EQUAL(::listen(m_listener.get(), 16), 0);
        ::getsockname(m_listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    ~Server()
    {
        ::shutdown(m_listener.get(), SHUT_RDWR);
        m_thread.join();
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port) + "/x"; }
    std::atomic<int> served = 0;

private:
    void serve()
    {
        for (;;) {
            UniqueFd const client(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!client)
                return;
            ++served;
            char request[4096];
            (void)!::recv(client.get(), request, sizeof request, 0);
            (void)!::send(client.get(), m_answer.data(), m_answer.size(), MSG_NOSIGNAL);
            ::shutdown(client.get(), SHUT_WR);
            while (::recv(client.get(), request, sizeof request, 0) > 0)
                ;
        }
    }
    UniqueFd m_listener;
    std::string m_answer;
    int m_port = 0;
    std::thread m_thread;
};

struct Fetching : Installation {
    Fetching() { install("registry-fetch"); }
    std::string fetch(std::string const& url, Call const& call = soon())
    {
        sink.text.clear();
        if (!catalog)
            open();
        auto const fetched = catalog->fetch(call, url, sink);
        return fetched ? "" : fetched.error().message;
    }
    TextSink sink;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fetch, Fetching)

BOOST_AUTO_TEST_CASE(gives_the_body)
{
    std::string const body(300'000, 'b');
    Server server("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\nConnection: close\r\n\r\n" + body);
    BOOST_CHECK_EQUAL(fetch(server.url()), "");
    BOOST_CHECK(sink.text == body);
}

BOOST_AUTO_TEST_CASE(tells_statuses_in_dockers_words)
{
    Server server("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope");
    BOOST_CHECK_EQUAL(fetch(server.url()), "Got HTTP status code >= 400: 404");
    BOOST_CHECK_EQUAL(sink.text, "");
}

BOOST_AUTO_TEST_CASE(a_cut_body_is_an_error)
{
    Server server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nshort");
    CHECK_CONTAINS(fetch(server.url()), "cannot fetch URL");
}

BOOST_AUTO_TEST_CASE(follows_no_redirect_to_another_scheme)
{
    Server server(
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    BOOST_CHECK_NE(fetch(server.url()), "");
    BOOST_CHECK_EQUAL(sink.text, "");
}

BOOST_AUTO_TEST_CASE(follows_ten_redirects_and_no_more)
{
    Server server("HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    BOOST_CHECK_NE(fetch(server.url()), "");
    BOOST_CHECK_EQUAL(server.served, 11);
}

BOOST_AUTO_TEST_CASE(fetches_http_only)
{
    for (auto const* url : { "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "unix:/run/x", "",
             "http://127.0.0.1/a b", "http://127.0.0.1/\r\nHost: x", "dict://127.0.0.1/" }) {
        BOOST_CHECK_NE(fetch(url), "");
        BOOST_CHECK_EQUAL(sink.text, "");
    }
}

BOOST_AUTO_TEST_SUITE_END()
