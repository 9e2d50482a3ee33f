// A container's bytes: attach, export, copy, and the stored output.
#include "api/routes/containers.hpp"

#include <strings.h>

#include "api/routes/body.hpp"
#include "api/routes/parameters.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/reply_sink.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/container_files.hpp"

namespace staithe::routes {

namespace {

    using api::ContainerService;
    using http::Request;
    using http::Responder;

    constexpr std::string_view plain_head = "HTTP/1.1 200 OK\r\n"
                                            "Content-Type: application/vnd.docker.raw-stream\r\n"
                                            "\r\n";
    constexpr std::string_view upgrade_head = "HTTP/1.1 101 UPGRADED\r\n"
                                              "Content-Type: application/vnd.docker.raw-stream\r\n"
                                              "Connection: Upgrade\r\n"
                                              "Upgrade: tcp\r\n"
                                              "\r\n";

    bool wants_upgrade(Request const& request)
    {
        auto const protocol = request.header("upgrade");
        return protocol.size() == 3 && strncasecmp(protocol.data(), "tcp", 3) == 0;
    }

    Result<api::AttachOptions> options_of(Request const& request)
    {
        api::AttachOptions options;
        options.logs = STAITHE_TRY(boolean(request, "logs"));
        options.stream = STAITHE_TRY(boolean(request, "stream"));
        options.in = STAITHE_TRY(boolean(request, "stdin"));
        options.out = STAITHE_TRY(boolean(request, "stdout"));
        options.err = STAITHE_TRY(boolean(request, "stderr"));
        options.framed = versions::has(versions::Trait::FramedAttach, request.version);
        options.half_close = request.listener == http::Listener::Tcp;
        return options;
    }

    using TakeOver = Result<http::Hijacked> (*)(Request const&, Responder&);

    Result<http::Hijacked> hijack(Request const& request, Responder& responder)
    {
        return responder.hijack(wants_upgrade(request) ? upgrade_head : plain_head);
    }

    Result<http::Hijacked> shake_hands(Request const&, Responder& responder)
    {
        return responder.websocket();
    }

    Result<void> serve(ContainerService& containers, Request const& request, api::AttachOptions const& options,
        Responder& responder, TakeOver take_over)
    {
        return containers.attach(request.id, request.name, options, [&]() -> Result<api::ClientStream> {
            auto taken = STAITHE_TRY(take_over(request, responder));
            return api::ClientStream { std::move(taken.socket), std::move(taken.early) };
        });
    }

    Result<void> attach(ContainerService& containers, Request const& request, Responder& responder)
    {
        return serve(containers, request, STAITHE_TRY(options_of(request)), responder, hijack);
    }

    /// A web socket has frames of its own, and the other end of our stream is the gate, which has to see it closed.
    Result<void> attach_web_socket(ContainerService& containers, Request const& request, Responder& responder)
    {
        auto options = STAITHE_TRY(options_of(request));
        options.framed = options.half_close = false;
        return serve(containers, request, options, responder, shake_hands);
    }

    /// What fails before the connection is taken over is an answer.
    template <class F> http::Handler taking_over(ContainerService& containers, F attach_by)
    {
        return [&containers, attach_by](Request& request, Responder& responder) {
            auto const done = attach_by(containers, request, responder);
            if (!done && !responder.answered())
                responder.send(error_reply(done.error()));
        };
    }

    Result<void> copy(ContainerService& containers, Request const& request, Sink& sink)
    {
        auto const type = request.header("content-type");
        if (type != "application/json")
            return Error { STAITHE_INVALID, 0, "Content-Type not supported: " + std::string(type) };
        auto const body = STAITHE_TRY(needed_body(request));
        auto const path = STAITHE_TRY(wire::decode_copy(body));
        if (path.empty())
            return Error { STAITHE_INVALID, 0, "Resource cannot be empty" };
        return containers.copy(request.id, request.name, path, sink);
    }

    /// A GET whose body one of the service's functions writes.
    template <class F> http::Handler streaming(ContainerService& containers, std::string_view content_type, F write)
    {
        return [&containers, content_type, write](Request& request, Responder& responder) {
            ReplySink sink(responder, content_type);
            sink.finish((containers.*write)(request.id, request.name, sink));
        };
    }

} // namespace

void add_stream_routes(http::Router& router, ContainerService& containers)
{
    constexpr bool hijacks = true;
    router.add(
        { "POST", "/containers/{name}/attach", taking_over(containers, attach), http::BodyLane::Short, hijacks });
    router.add({ "GET", "/containers/{name}/attach/ws", taking_over(containers, attach_web_socket),
        http::BodyLane::Short, hijacks });
    router.add({ "POST", "/containers/{name}/copy", [&containers](Request& request, Responder& responder) {
                    ReplySink sink(responder, "application/octet-stream");
                    sink.finish(copy(containers, request, sink));
                } });
    router.add({ "GET", "/containers/{name}/export",
        streaming(containers, "application/octet-stream", &ContainerService::export_tree) });
    router.add({ "GET", "/staithe/v1/containers/{name}/logs",
        streaming(containers, "application/x-ndjson", &ContainerService::logs_json) });
}

} // namespace staithe::routes
