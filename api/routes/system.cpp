// The daemon itself: /version, /info, /_ping.
#include "api/wire/system.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/routes.hpp"
#include "api/versions/resources.hpp"

namespace staithe::routes {

namespace {

    using http::Reply;
    using http::Request;

    /// A driver that cannot be asked must not hide the rest.
    Result<Reply> info(api::SystemService& system, api::DriverService& drivers, Request const& request)
    {
        auto const facts = STAITHE_TRY(system.info());
        auto const version = system.version();
        auto const list = drivers.drivers(request.id);
        return json_reply(
            wire::encode_info({ &facts, &version, list ? &list.value() : nullptr }, versions::info(request.version)));
    }

    Reply ping(std::string body)
    {
        Reply reply;
        reply.body = std::move(body);
        reply.headers.emplace_back("API-Version", versions::newest.to_string());
        return reply;
    }

} // namespace

http::ApiRange api_range()
{
    return { versions::oldest, versions::newest };
}

void add_system_routes(http::Router& router, api::SystemService& system, api::DriverService& drivers)
{
    router.add({ "GET", "/version", answering([&system](Request& request) {
                    return json_reply(wire::encode_version(system.version(), versions::version(request.version)));
                }),
        http::BodyLane::Quick });
    router.add({ "GET", "/info",
        answering([&system, &drivers](Request& request) { return info(system, drivers, request); }) });
    router.add({ "GET", "/_ping", answering([](Request&) { return ping("OK"); }), http::BodyLane::Quick });
    router.add({ "HEAD", "/_ping", answering([](Request&) { return ping({}); }), http::BodyLane::Quick });
}

} // namespace staithe::routes
