#include "tests/unit/api/http/test_server.hpp"

#include <sys/socket.h>

#include <filesystem>
#include <stdexcept>
#include <thread>

namespace staithe::http::test {

using namespace std::chrono_literals;

TemporaryDirectory::TemporaryDirectory()
    : m_path((std::filesystem::temp_directory_path() / "staithe-http-XXXXXX").string())
{
    if (!::mkdtemp(m_path.data()))
        throw std::runtime_error("cannot make a temporary directory");
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

TestServer::TestServer(std::function<void(ServerOptions&)> adjust)
    : m_path(m_directory.path() + "/s.sock")
{
    ServerOptions options;
    options.listen = { "unix://" + m_path };
    options.socket_group.clear();
    if (adjust)
        adjust(options);
    auto server = Server::create(std::move(options), make_router());
    if (!server)
        throw std::runtime_error(server.error().message);
    m_server = std::move(server).value();
    if (auto started = m_server->start(); !started)
        throw std::runtime_error(started.error().message);
}

TestServer::~TestServer()
{
    m_server->stop(0ms);
    MutexLock lock(m_mutex);
    m_deferred.clear();
    m_feeds.clear();
}

Answer TestServer::ask(std::string const& request, std::string_view method) const
{
    return client().ask(request, method);
}

Router TestServer::make_router()
{
    Router router({ { 1, 0 }, { 1, 6 } });
    add_plain_routes(router);
    add_special_routes(router);
    add_streaming_routes(router);
    return router;
}

void TestServer::add_plain_routes(Router& router)
{
    router.add({ "GET", "/canary", [this](Request&, Responder& responder) {
                    ++canaries;
                    responder.send({ 200, "text/plain", "canary", {} });
                } });
    router.add({ "GET", "/version", [this](Request& request, Responder& responder) {
                    ++handled;
                    responder.send({ 200, "application/json", request.version.to_string(), {} });
                } });
    for (auto const* const method : { "GET", "HEAD" })
        router.add({ method, "/_ping", [](Request&, Responder& responder) {
                        responder.send({ 200, "text/plain", "OK", { { "API-Version", "1.6\r\nEvil: 1" } } });
                    } });
    router.add({ "POST", "/echo", [this](Request& request, Responder& responder) {
                    ++handled;
                    auto const body = request.read_body();
                    responder.send({ body ? 200 : 400, "text/plain", body ? body.value() : body.error().message, {} });
                } });
    router.add(
        { "GET", "/containers/{name}/json", [this](Request& request, Responder& responder) {
             ++handled;
             responder.send({ 200, "application/json", request.name + "|" + std::string(request.parameter("a")), {} });
         } });
    router.add({ "DELETE", "/containers/{name}", [](Request&, Responder& responder) {
                    responder.send({ 204, "text/plain; charset=utf-8", {}, {} });
                } });
    router.add({ "POST", "/nothing", [](Request&, Responder&) {} });
    router.add({ "GET", "/throw", [](Request&, Responder&) { throw std::runtime_error("no"); } });
    router.add({ "GET", "/big", [](Request&, Responder& responder) {
                    responder.send({ 200, "text/plain", std::string(8u << 20, 'b'), {} });
                } });
}

void TestServer::add_special_routes(Router& router)
{
    router.add({ "POST", "/upload", [this](Request& q, Responder& r) { receive_upload(q, r); }, BodyLane::Upload });
    router.add({ "POST", "/refuse-upload",
        [](Request&, Responder& responder) {
            responder.send({ 404, "text/plain", "No such image\n", {} });
        },
        BodyLane::Upload });
    router.add({ "GET", "/stream", [](Request&, Responder& responder) {
                    auto out = responder.stream(200, "application/json");
                    for (auto const& piece : { std::string("{\"a\":1}"), std::string(10'000, 'x'), std::string("end") })
                        (void)out->write(piece.data(), piece.size());
                } });
    router.add({ "GET", "/abort", [](Request&, Responder& responder) {
                    auto out = responder.stream(200, "application/json");
                    (void)out->write("part", 4);
                    out->abort();
                } });
    router.add({ "GET", "/work", [this](Request& request, Responder&) {
                    ++handled;
                    saw_client_gone = eventually([&] { return request.client_gone(); });
                } });
    router.add({ "POST", "/containers/{name}/wait", [this](Request&, Responder& responder) {
                    auto deferred = responder.defer();
                    deferred->on_client_gone([this] { ++gone; });
                    keep(&TestServer::m_deferred, std::move(deferred));
                } });
    Route attach { "POST", "/containers/{name}/attach",
        [](Request& request, Responder& responder) {
            if (request.name == "absent")
                return responder.send({ 404, "text/plain; charset=utf-8", "No such container: absent\n", {} });
            bool const upgrades = request.header("upgrade") == "tcp" && request.header("connection") == "Upgrade";
            auto taken =
                responder.hijack(upgrades ? "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
                                          : "HTTP/1.1 200 OK\r\n\r\n");
            if (!taken)
                return;
            Client peer(std::move(taken.value().socket));
            peer.send("early=" + taken.value().early + ";");
            peer.send("late=" + peer.receive_all());
        } };
    attach.hijacks = true;
    router.add(std::move(attach));
}

void TestServer::add_streaming_routes(Router& router)
{
    for (auto const* const method : { "GET", "HEAD" })
        router.add({ method, "/events", [this](Request& request, Responder& responder) {
                        auto feed = responder.feed(200, "application/json");
                        feed->on_client_gone([this] { ++gone; });
                        for (size_t i = 0; i < request.parameter("before").size(); ++i)
                            feed->write(std::string(1u << 20, 'x'));
                        keep(&TestServer::m_feeds, std::move(feed));
                    } });
    router.add({ "GET", "/containers/{name}/attach/ws", [this](Request&, Responder& responder) {
                    ++handled;
                    auto taken = responder.websocket();
                    if (taken)
                        return keep(&TestServer::m_streams, std::move(taken.value().socket));
                    int const status = taken.error().code == STAITHE_DENIED ? 403 : 400;
                    if (!responder.answered())
                        responder.send({ status, "text/plain; charset=utf-8", taken.error().message + "\n", {} });
                } });
}

template <class T> void TestServer::keep(std::vector<T> TestServer::*list, T one)
{
    MutexLock lock(m_mutex);
    (this->*list).push_back(std::move(one));
    m_changed.notify_all();
}

template <class T> T TestServer::next_of(std::vector<T> TestServer::*list)
{
    MutexLock lock(m_mutex);
    auto& waiting = this->*list;
    while (waiting.empty())
        if (!m_changed.wait_for(m_mutex, 10s))
            return {};
    T first = std::move(waiting.front());
    waiting.erase(waiting.begin());
    return first;
}

std::shared_ptr<Feed> TestServer::next_feed()
{
    return next_of(&TestServer::m_feeds);
}

UniqueFd TestServer::next_stream()
{
    return next_of(&TestServer::m_streams);
}

void TestServer::receive_upload(Request& request, Responder& responder)
{
    Upload upload;
    char buffer[65536];
    for (;;) {
        auto const count = request.body->read(buffer, sizeof buffer);
        if (!count)
            upload.error = count.error().message;
        upload.complete = count && count.value() == 0;
        if (!count || count.value() == 0)
            break;
        upload.bytes += count.value();
    }
    responder.send({ upload.complete ? 200 : 400, "text/plain", std::to_string(upload.bytes), {} });
    MutexLock lock(m_mutex);
    m_uploads.push_back(std::move(upload));
    m_changed.notify_all();
}

std::vector<Upload> TestServer::uploads()
{
    MutexLock lock(m_mutex);
    return m_uploads;
}

bool TestServer::wait_for_uploads(size_t count)
{
    return eventually([&] { return uploads().size() >= count; });
}

std::shared_ptr<Deferred> TestServer::next_deferred()
{
    return next_of(&TestServer::m_deferred);
}

bool eventually(std::function<bool()> const& f)
{
    for (int i = 0; i < 2000; ++i) {
        if (f())
            return true;
        std::this_thread::sleep_for(5ms);
    }
    return f();
}

} // namespace staithe::http::test
