// Who may open a WebSocket.
#include <boost/test/unit_test.hpp>

#include "api/http/websocket_handshake.hpp"
#include "tests/unit/api/http/test_server.hpp"

using namespace staithe::http;
using namespace staithe::http::test;

namespace {

std::string const origin = "Origin: http://localhost\r\n", upgrade = "Upgrade: websocket\r\n",
                  connection = "Connection: Upgrade\r\n", protocol = "Sec-WebSocket-Version: 13\r\n",
                  key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

struct Row {
    char const* what;
    std::string fields;
    int status;
};

std::string with_key(std::string const& value)
{
    return upgrade + connection + protocol + origin + "Sec-WebSocket-Key: " + value + "\r\n";
}
std::string with_version(std::string const& fields)
{
    return upgrade + connection + key + origin + fields;
}
std::string with_origin(std::string const& fields)
{
    return upgrade + connection + protocol + key + fields;
}
std::string with_upgrade(std::string const& fields)
{
    return protocol + key + origin + fields;
}

std::vector<Row> const rows {
    { "as in RFC 6455", upgrade + connection + protocol + key + origin, 101 },
    { "another order", origin + key + protocol + connection + upgrade, 101 },
    { "names in lower case",
        "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\norigin: http://a\r\n"
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        101 },
    { "upgrade in any case", with_upgrade("Upgrade: WebSocket\r\nConnection: UPGRADE\r\n"), 101 },
    { "upgrade among others", with_upgrade("Upgrade: h2c, websocket\r\nConnection: keep-alive, Upgrade\r\n"), 101 },
    { "connection in two lines", with_upgrade(upgrade + "Connection: keep-alive\r\n" + connection), 101 },
    { "extensions are ignored", with_origin(origin + "Sec-WebSocket-Extensions: permessage-deflate\r\n"), 101 },
    { "subprotocols are ignored", with_origin(origin + "Sec-WebSocket-Protocol: chat, superchat\r\n"), 101 },
    { "a length of nothing", with_origin(origin + "Content-Length: 0\r\n"), 101 },
    { "no Upgrade", with_upgrade(connection), 400 },
    { "no Connection", with_upgrade(upgrade), 400 },
    { "Connection without upgrade", with_upgrade(upgrade + "Connection: keep-alive\r\n"), 400 },
    { "upgrade to tcp", with_upgrade(connection + "Upgrade: tcp\r\n"), 400 },
    { "upgrade to websockets", with_upgrade(connection + "Upgrade: websockets\r\n"), 400 },
    { "a quoted token", with_upgrade(connection + "Upgrade: \"websocket\"\r\n"), 400 },
    { "nothing at all", "", 400 },
    // The empty line that ends every request is this one's body.
    { "a body", with_origin(origin + "Content-Length: 2\r\n\r\n"), 400 },
    { "no version", with_version(""), 426 },
    { "version 8", with_version("Sec-WebSocket-Version: 8\r\n"), 426 },
    { "version 0", with_version("Sec-WebSocket-Version: 0\r\n"), 426 },
    { "version 14", with_version("Sec-WebSocket-Version: 14\r\n"), 426 },
    { "version 013", with_version("Sec-WebSocket-Version: 013\r\n"), 426 },
    { "version thirteen", with_version("Sec-WebSocket-Version: thirteen\r\n"), 426 },
    { "versions as a list", with_version("Sec-WebSocket-Version: 13, 8\r\n"), 426 },
    { "two versions", with_version(protocol + protocol), 400 },
    { "no key", upgrade + connection + protocol + origin, 400 },
    { "an empty key", with_key(""), 400 },
    { "a key that is no base64", with_key("abc"), 400 },
    { "a key of 15 bytes", with_key("MTIzNDU2Nzg5MDEyMzQ1"), 400 },
    { "a key of 17 bytes", with_key("MTIzNDU2Nzg5MDEyMzQ1Njc="), 400 },
    { "a key of 18 bytes", with_key("MTIzNDU2Nzg5MDEyMzQ1Njc4"), 400 },
    { "a key without padding", with_key("dGhlIHNhbXBsZSBub25jZQ"), 400 },
    { "a key with too much padding", with_key("dGhlIHNhbXBsZSBub25jZ==="), 400 },
    { "a key in the alphabet of URLs", with_key("dGhlIHNhbXBsZSBub25j-_=="), 400 },
    { "a key with a blank inside", with_key("dGhlIHNhbXBs ZSBub25jZ=="), 400 },
    { "two keys", with_origin(origin + key), 400 },
    { "no origin", with_origin(""), 403 },
    { "an empty origin", with_origin("Origin:\r\n"), 403 },
    { "origin null", with_origin("Origin: null\r\n"), 403 },
    { "an origin without scheme", with_origin("Origin: localhost\r\n"), 403 },
    { "an origin without host", with_origin("Origin: http://\r\n"), 403 },
    { "an origin that is a path", with_origin("Origin: /containers\r\n"), 403 },
    { "an origin with a wrong scheme", with_origin("Origin: 1http://localhost\r\n"), 403 },
    { "an origin with a blank", with_origin("Origin: http://local host\r\n"), 403 },
    { "two origins", with_origin(origin + origin), 403 },
    { "a list of origins", with_origin("Origin: http://a http://b\r\n"), 403 },
    { "an origin with port", with_origin("Origin: https://localhost:8443\r\n"), 101 },
    { "an origin that is an address", with_origin("Origin: http://[::1]:4243\r\n"), 101 },
    { "the origin of a local page", with_origin("Origin: file://\r\n"), 101 },
    { "the origin of an extension", with_origin("Origin: moz-extension://a-b\r\n"), 101 },
};

std::string request(std::string const& fields, std::string const& line = "GET /v1.6/containers/web/attach/ws HTTP/1.1")
{
    return line + "\r\nHost: localhost\r\n" + fields + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(websocket_handshake)

BOOST_AUTO_TEST_CASE(the_example_of_the_rfc)
{
    BOOST_TEST(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

BOOST_AUTO_TEST_CASE(every_row)
{
    TestServer server;
    for (auto const& row : rows) {
        auto client = server.client();
        // 101 has no body; the others have one, and leave the connection as it was.
        auto const answer = client.ask(request(row.fields), row.status == 101 ? "HEAD" : "GET");
        BOOST_CHECK_MESSAGE(answer.status == row.status, row.what << ": " << answer.status << " " << answer.body);
        BOOST_CHECK_MESSAGE(answer.has("Sec-WebSocket-Version: 13\r\n") == (row.status == 426), row.what);
        if (row.status != 101) {
            BOOST_CHECK_MESSAGE(!answer.body.empty(), row.what);
            BOOST_CHECK_MESSAGE(client.ask("GET /version HTTP/1.1\r\nHost: x\r\n\r\n").status == 200, row.what);
            continue;
        }
        BOOST_CHECK_MESSAGE(answer.head
                == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
            row.what << answer.head);
        server.next_stream();
    }
}

BOOST_AUTO_TEST_CASE(only_get_of_http_1_1)
{
    TestServer server;
    std::string const fields = upgrade + connection + protocol + key + origin;
    BOOST_TEST(server.ask(request(fields, "GET /containers/web/attach/ws HTTP/1.0")).status == 400);
    BOOST_TEST(server.ask(request(fields, "POST /containers/web/attach/ws HTTP/1.1")).status == 404);
}

/// On TCP the Origin must also be one that is served (host_rules.hpp): no foreign page attaches to a container.
BOOST_AUTO_TEST_CASE(a_foreign_page_is_refused_on_tcp)
{
    TestServer server([](ServerOptions& options) {
        options.listen.push_back("tcp://127.0.0.1:0");
        options.allow_plain_tcp = true;
        options.allowed_hosts = { "friend.example" };
    });
    auto const status = [&](std::string const& host, std::string const& from) {
        return Client(server.tcp())
            .ask("GET /containers/web/attach/ws HTTP/1.1\r\nHost: " + host + "\r\n" + upgrade + connection + protocol
                    + key + from + "\r\n",
                "HEAD")
            .status;
    };
    BOOST_TEST(status("localhost:4243", "Origin: http://localhost:4243\r\n") == 101);
    BOOST_TEST(status("localhost:4243", "Origin: https://friend.example\r\n") == 101);
    BOOST_TEST(status("localhost:4243", "Origin: http://evil.example\r\n") == 403);
    BOOST_TEST(status("localhost:4243", "Origin: http://localhost:8080\r\n") == 403);
    BOOST_TEST(status("localhost:4243", "Origin: null\r\n") == 403);
    BOOST_TEST(status("localhost:4243", "") == 403);
    BOOST_TEST(status("evil.example", "Origin: http://evil.example\r\n") == 403);
    BOOST_TEST(status("localhost:4243", "Origin: http://localhost:4243\r\nSec-Fetch-Site: cross-site\r\n") == 403);
    BOOST_TEST(status("localhost:4243", "Origin: http://localhost:4243\r\nSec-Fetch-Site: same-origin\r\n") == 101);
}

BOOST_AUTO_TEST_SUITE_END()
