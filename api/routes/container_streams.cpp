// A container's bytes: attach, export, and the stored output.
#include "api/routes/containers.hpp"

#include <strings.h>

#include "api/routes/parameters.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/reply_sink.hpp"
#include "api/versions/traits.hpp"

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

    Result<void> attach(ContainerService& containers, Request& request, Responder& responder)
    {
        auto const options = STAITHE_TRY(options_of(request));
        return containers.attach(request.id, request.name, options, [&]() -> Result<api::ClientStream> {
            auto hijacked = STAITHE_TRY(responder.hijack(wants_upgrade(request) ? upgrade_head : plain_head));
            return api::ClientStream { std::move(hijacked.socket), std::move(hijacked.early) };
        });
    }

    void attach_or_answer(ContainerService& containers, Request& request, Responder& responder)
    {
        auto const done = attach(containers, request, responder);
        if (!done && !responder.answered())
            responder.send(error_reply(done.error()));
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
    router.add({ "POST", "/containers/{name}/attach",
        [&containers](Request& request, Responder& responder) { attach_or_answer(containers, request, responder); },
        http::BodyLane::Short, true });
    router.add({ "GET", "/containers/{name}/export",
        streaming(containers, "application/octet-stream", &ContainerService::export_tree) });
    router.add({ "GET", "/staithe/v1/containers/{name}/logs",
        streaming(containers, "application/x-ndjson", &ContainerService::logs_json) });
}

} // namespace staithe::routes
