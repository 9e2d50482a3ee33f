// Over TCP a browser must not be able to talk to us; clients must.
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http;
using namespace staithe::http::test;

namespace {

struct Row {
    std::string fields;
    int status;
};

void listen_on_tcp(ServerOptions& options)
{
    options.listen = { "tcp://127.0.0.1:0" };
    options.allow_plain_tcp = true;
    options.allowed_hosts = { "docker.example" };
}

} // namespace

BOOST_AUTO_TEST_SUITE(host_rules)

BOOST_AUTO_TEST_CASE(hosts_and_origins)
{
    TestServer server(listen_on_tcp);
    std::vector<Row> const rows {
        { "Host: localhost\r\n", 200 },
        { "Host: LOCALHOST:2375\r\n", 200 },
        { "Host: 127.0.0.1:2375\r\n", 200 },
        { "Host: 192.168.1.7\r\n", 200 },
        { "Host: [::1]:2375\r\n", 200 },
        { "Host: docker.example:2375\r\n", 200 },
        { "Host:\r\n", 200 },
        { "Host: evil.example\r\n", 403 },
        { "Host: evil.example:2375\r\n", 403 },
        { "Host: 127.0.0.1.evil.example\r\n", 403 },
        { "Host: localhost.evil.example\r\n", 403 },
        { "Host: docker.example.evil\r\n", 403 },
        { "Host: localhost:80:80\r\n", 403 },
        { "Host: localhost@evil\r\n", 403 },
        { "Host: [::1]evil\r\n", 403 },
        { "Host: 2130706433.evil\r\n", 403 },
        { "Host: /var/run/docker.sock\r\n", 403 },
        { "Host: localhost\r\nOrigin: http://evil.example\r\n", 403 },
        { "Host: localhost\r\nOrigin: null\r\n", 403 },
        { "Host: localhost\r\nOrigin:\r\n", 403 },
        { "Host: localhost:1\r\nOrigin: http://localhost:2\r\n", 403 },
        { "Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://localhost\r\n", 403 },
        { "Host: localhost\r\nOrigin: http://localhost\r\n", 200 },
        { "Host: localhost\r\nOrigin: https://docker.example\r\n", 200 },
        { "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", 403 },
        { "Host: localhost\r\nSec-Fetch-Site: same-site\r\n", 403 },
        { "Host: localhost\r\nSec-Fetch-Site: same-origin\r\n", 200 },
        { "Host: localhost\r\nSec-Fetch-Site: none\r\n", 200 },
    };
    for (auto const& row : rows) {
        Client client(server.tcp());
        auto const answer = client.ask("GET /version HTTP/1.1\r\n" + row.fields + "\r\n");
        BOOST_CHECK_MESSAGE(answer.status == row.status, row.fields << answer.head);
    }
}

BOOST_AUTO_TEST_CASE(absolute_targets_are_held_to_the_same_rule)
{
    TestServer server(listen_on_tcp);
    for (auto const& [target, status] :
        { std::pair { "http://localhost/version", 200 }, { "http://evil.example/version", 403 } }) {
        Client client(server.tcp());
        BOOST_TEST(client.ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n").status == status);
    }
}

BOOST_AUTO_TEST_CASE(forms_of_web_pages_are_refused)
{
    TestServer server(listen_on_tcp);
    for (auto const* const type : { "text/plain", "TEXT/PLAIN; charset=x", "application/x-www-form-urlencoded",
             "multipart/form-data; boundary=b" }) {
        std::string const post = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Type: "
            + std::string(type) + "\r\n";
        BOOST_TEST(Client(server.tcp()).ask(post + "\r\n{}").status == 200); // no browser: Ruby docker-api
        BOOST_TEST(Client(server.tcp()).ask(post + "Origin: http://localhost\r\n\r\n{}").status == 415);
        BOOST_TEST(Client(server.tcp()).ask(post + "Origin: http://evil\r\n\r\n{}").status == 403);
    }
    BOOST_TEST(server.handled == 4);
}

BOOST_AUTO_TEST_SUITE_END()
