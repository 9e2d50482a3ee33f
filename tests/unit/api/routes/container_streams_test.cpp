#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/api/routes/fake_http.hpp"

using namespace staithe;
using namespace staithe::tests;

BOOST_AUTO_TEST_SUITE(container_streams)

namespace {

Error const unknown { STAITHE_NOT_FOUND, 0, "No such container: web" };

} // namespace

BOOST_AUTO_TEST_CASE(attach_takes_over_with_the_head_of_the_time)
{
    House house;
    auto const exchange = house.call({ "POST", "/containers/web/attach" });
    BOOST_TEST(exchange.hijack_head == "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n");
    BOOST_TEST(!exchange.reply.has_value());
    BOOST_TEST(house.containers.early == "early");
}

BOOST_AUTO_TEST_CASE(attach_upgrades_clients_that_ask_for_it)
{
    House house;
    Call call { "POST", "/containers/web/attach" };
    call.headers = { { "connection", "Upgrade" }, { "upgrade", "TCP" } };
    BOOST_TEST(house.call(call).hijack_head
        == "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
           "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    call.headers = { { "upgrade", "websocket" } };
    BOOST_TEST(house.call(call).hijack_head.starts_with("HTTP/1.1 200 OK\r\n"));
}

BOOST_AUTO_TEST_CASE(attach_reads_its_options)
{
    House house;
    auto const& options = house.containers.options;
    house.call({ "POST", "/containers/web/attach", { { "logs", "1" }, { "stdout", "true" } } });
    BOOST_TEST(options.logs);
    BOOST_TEST(options.out);
    BOOST_TEST(!options.stream);
    BOOST_TEST(!options.in);
    BOOST_TEST(!options.err);
    house.call({ "POST", "/containers/web/attach", { { "stream", "1" }, { "stdin", "1" }, { "stderr", "1" } } });
    BOOST_TEST(options.stream);
    BOOST_TEST(options.in);
    BOOST_TEST(options.err);
    BOOST_TEST(!options.logs);
}

BOOST_AUTO_TEST_CASE(attach_is_framed_from_1_6_on)
{
    House house;
    for (auto const version : versions::accepted()) {
        house.call({ "POST", "/containers/web/attach", {}, {}, version });
        BOOST_TEST(house.containers.options.framed == (version == http::ApiVersion { 1, 6 }));
    }
}

BOOST_AUTO_TEST_CASE(attach_half_closes_on_tcp_only)
{
    House house;
    Call call { "POST", "/containers/web/attach" };
    house.call(call);
    BOOST_TEST(!house.containers.options.half_close);
    call.listener = http::Listener::Tcp;
    house.call(call);
    BOOST_TEST(house.containers.options.half_close);
}

BOOST_AUTO_TEST_CASE(attach_errors_before_the_takeover_are_answers)
{
    House house;
    BOOST_TEST(house.outcome({ "POST", "/containers/web/attach", { { "stream", "yes" } } }) == "400 Bad parameter");
    BOOST_TEST(house.containers.calls.empty());
    house.containers.error = unknown;
    auto const exchange = house.call({ "POST", "/containers/web/attach" });
    BOOST_TEST(exchange.reply->status == 404);
    BOOST_TEST(exchange.hijack_head.empty());
}

BOOST_AUTO_TEST_CASE(attach_errors_after_the_takeover_write_nothing)
{
    House house;
    house.containers.fails_after_takeover = true;
    auto const exchange = house.call({ "POST", "/containers/web/attach" });
    BOOST_TEST(exchange.answers == 1);
    BOOST_TEST(!exchange.reply.has_value());
}

BOOST_AUTO_TEST_CASE(only_attach_hijacks)
{
    House house;
    BOOST_TEST(house.router.match("POST", "/containers/web/attach").route->hijacks);
    BOOST_TEST(house.router.match("GET", "/containers/web/attach/ws").route->hijacks);
    BOOST_TEST(!house.router.match("POST", "/containers/web/wait").route->hijacks);
}

BOOST_DATA_TEST_CASE(web_sockets_are_never_framed, boost::unit_test::data::xrange(7), minor)
{
    House house;
    Call call { "GET", "/containers/web/attach/ws", { { "logs", "1" }, { "stdout", "1" } }, {}, { 1, minor } };
    call.listener = http::Listener::Tcp;
    auto const exchange = house.call(call);
    BOOST_TEST(exchange.shook_hands);
    BOOST_TEST(!exchange.reply.has_value());
    BOOST_TEST(house.containers.calls.at(0) == "attach web");
    BOOST_TEST(house.containers.early == "early");
    auto const& options = house.containers.options;
    BOOST_TEST(!options.framed);
    BOOST_TEST(!options.half_close);
    BOOST_TEST(options.logs);
    BOOST_TEST(options.out);
    BOOST_TEST(!options.stream);
}

BOOST_AUTO_TEST_CASE(web_sockets_are_checked_before_the_handshake)
{
    House house;
    Call const call { "GET", "/containers/web/attach/ws" };
    BOOST_TEST(house.outcome({ "GET", "/containers/web/attach/ws", { { "stream", "yes" } } }) == "400 Bad parameter");
    house.containers.error = unknown;
    auto const exchange = house.call(call);
    BOOST_TEST(exchange.reply->status == 404);
    BOOST_TEST(!exchange.shook_hands);
}

BOOST_AUTO_TEST_CASE(failed_handshakes_are_answers)
{
    House house;
    for (auto const& [code, status] :
        std::initializer_list<std::pair<staithe_code, int>> { { STAITHE_INVALID, 400 }, { STAITHE_DENIED, 403 } }) {
        Exchange exchange;
        exchange.handshake_error = Error { code, 0, "the handshake is wrong" };
        house.call({ "GET", "/containers/web/attach/ws" }, exchange);
        BOOST_TEST(exchange.reply->status == status);
        BOOST_TEST(exchange.answers == 1);
    }
}

namespace {

http::Request::Fields const json { { "content-type", "application/json" } };

Call copy_call(std::string const& body, http::Request::Fields headers = json)
{
    Call call { "POST", "/containers/web/copy", {}, body };
    call.headers = std::move(headers);
    return call;
}

} // namespace

BOOST_AUTO_TEST_CASE(copy_streams_a_tar)
{
    House house;
    house.containers.pieces = { "tar", "ball" };
    auto const exchange = house.call(copy_call(R"({"Resource":"/etc/passwd","HostPath":"x"})"));
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.stream_type == "application/octet-stream");
    BOOST_TEST(exchange.body() == "tarball");
    BOOST_TEST(exchange.ended);
    BOOST_TEST(house.containers.calls.at(0) == "copy web /etc/passwd");
}

BOOST_AUTO_TEST_CASE(copy_takes_exactly_one_content_type)
{
    House house;
    std::string const body = R"({"Resource":"a"})";
    for (std::string const type : { "text/plain", "application/json; charset=utf-8", "Application/JSON", "" }) {
        BOOST_TEST(
            house.outcome(copy_call(body, { { "content-type", type } })) == "500 Content-Type not supported: " + type);
    }
    BOOST_TEST(house.reply(copy_call(body, {})).body == "Content-Type not supported: \n");
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(copy_needs_a_resource)
{
    House house;
    for (auto const* body : { "{}", R"({"Resource":""})", R"({"Resource":null})" })
        BOOST_TEST(house.outcome(copy_call(body)) == "500 Resource cannot be empty", body);
    BOOST_TEST(house.outcome(copy_call("")) == "500 EOF");
    for (auto const* body : { "{", "[]", R"({"Resource":5})" })
        BOOST_TEST(house.reply(copy_call(body)).status == 400, body);
    BOOST_TEST(house.containers.calls.empty());
}

BOOST_AUTO_TEST_CASE(copy_errors_before_the_first_byte_are_answers)
{
    House house;
    house.containers.error = unknown;
    BOOST_TEST(house.outcome(copy_call(R"({"Resource":"a"})")) == "404 No such container: web");
    house.containers.error = Error { STAITHE_NOT_FOUND, 0, "stat /a: no such file or directory" };
    BOOST_TEST(house.outcome(copy_call(R"({"Resource":"a"})")) == "500 stat /a: no such file or directory");
}

BOOST_AUTO_TEST_CASE(copy_errors_after_the_first_byte_cut_the_stream)
{
    House house;
    house.containers.pieces = { "tar" };
    house.containers.late_error = Error { STAITHE_IO, 0, "broke" };
    auto const exchange = house.call(copy_call(R"({"Resource":"a"})"));
    BOOST_TEST(exchange.aborted);
}

BOOST_AUTO_TEST_CASE(export_streams_a_tar)
{
    House house;
    house.containers.pieces = { "tar", "ball" };
    auto const exchange = house.call({ "GET", "/containers/web/export" });
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.stream_type == "application/octet-stream");
    BOOST_TEST(exchange.body() == "tarball");
    BOOST_TEST(exchange.ended);
}

BOOST_AUTO_TEST_CASE(export_errors_before_the_first_byte_are_answers)
{
    House house;
    house.containers.error = unknown;
    BOOST_TEST(house.outcome({ "GET", "/containers/web/export" }) == "404 No such container: web");
}

BOOST_AUTO_TEST_CASE(export_errors_after_the_first_byte_cut_the_stream)
{
    House house;
    house.containers.pieces = { "tar" };
    house.containers.late_error = Error { STAITHE_IO, 0, "broke" };
    auto const exchange = house.call({ "GET", "/containers/web/export" });
    BOOST_TEST(exchange.aborted);
    BOOST_TEST(!exchange.ended);
    BOOST_TEST(exchange.body() == "tar");
}

BOOST_AUTO_TEST_CASE(logs_are_lines_even_when_there_are_none)
{
    House house;
    auto const exchange = house.call({ "GET", "/staithe/v1/containers/web/logs" });
    BOOST_TEST(exchange.stream_status == 200);
    BOOST_TEST(exchange.stream_type == "application/x-ndjson");
    BOOST_TEST(exchange.body().empty());
    BOOST_TEST(exchange.ended);
    BOOST_TEST(house.containers.calls.at(0) == "logs web");
}

BOOST_AUTO_TEST_SUITE_END()
