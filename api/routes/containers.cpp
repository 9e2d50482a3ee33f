// Containers as records: create, list, inspect, remove. Their life and their streams are beside this file.
#include "api/routes/containers.hpp"

#include <algorithm>
#include <chrono>

#include "api/routes/parameters.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/routes.hpp"
#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/config.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/replies.hpp"
#include "api/wire/utf8.hpp"

namespace staithe::routes {

namespace {

    using api::ContainerService;
    using http::Reply;
    using http::Request;

    /// Names go into replies, logs and environment variables.
    bool is_clean(std::string_view name)
    {
        auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
        return wire::is_utf8(name) && std::find_if(name.begin(), name.end(), is_control) == name.end();
    }

    Result<Reply> create(ContainerService& containers, Request& request)
    {
        auto const body = STAITHE_TRY(request.read_body());
        if (body.empty())
            return Error { STAITHE_INVALID, 0, "EOF" };
        auto const config = STAITHE_TRY(wire::decode_config(body));
        std::string const name(request.parameter("name"));
        if (!is_clean(name))
            return Error { STAITHE_INVALID, 0, "Bad parameter: name holds control characters or is not UTF-8" };
        auto const created = STAITHE_TRY(containers.create(request.id, name, config));
        return json_reply(wire::encode_created(created, versions::created(request.version)), 201);
    }

    int64_t now_ns()
    {
        auto const now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    }

    Result<api::ContainerFilter> filter_of(Request const& request)
    {
        api::ContainerFilter filter;
        filter.all = STAITHE_TRY(boolean(request, "all"));
        filter.size =
            STAITHE_TRY(boolean(request, "size")) || versions::has(versions::Trait::SizesUnasked, request.version);
        filter.since = request.parameter("since");
        filter.before = request.parameter("before");
        auto const limit = lenient_integer(request, "limit").value_or(-1);
        if (limit >= 0)
            filter.limit = limit;
        else if (limit != -1) // no limit, but stopped containers are shown
            filter.all = true;
        return filter;
    }

    Result<Reply> list(ContainerService& containers, Request& request)
    {
        auto const filter = STAITHE_TRY(filter_of(request));
        auto const found = STAITHE_TRY(containers.list(filter));
        return json_reply(wire::encode_container_list(found, versions::container_summary(request.version), now_ns()));
    }

    Result<Reply> inspect(ContainerService& containers, Request& request)
    {
        auto const details = STAITHE_TRY(containers.inspect(request.name));
        return json_reply(wire::encode_container(details, versions::container_details(request.version)));
    }

    /// There are no links yet: a name is a container's own or nobody's.
    Error link_error(ContainerService& containers, std::string const& name)
    {
        if (containers.inspect(name))
            return { STAITHE_CONFLICT, 0, "Conflict, cannot remove the default name of the container" };
        return { STAITHE_NOT_FOUND, 0, "No such link: " + name };
    }

    Result<Reply> remove(ContainerService& containers, Request& request)
    {
        bool const volumes = STAITHE_TRY(boolean(request, "v"));
        if (STAITHE_TRY(boolean(request, "link")))
            return link_error(containers, request.name);
        STAITHE_TRY(containers.remove(request.id, request.name, volumes));
        return empty_reply(204);
    }

} // namespace

void add_container_routes(http::Router& router, ContainerService& containers)
{
    auto const on = [&](char const* method, char const* pattern, auto handler,
                        http::BodyLane lane = http::BodyLane::Short) {
        router.add({ method, pattern, answering([&containers, handler](Request& r) { return handler(containers, r); }),
            lane });
    };
    on("POST", "/containers/create", create);
    on("GET", "/containers/json", list);
    on("GET", "/containers/ps", list);
    on("GET", "/containers/{name}/json", inspect, http::BodyLane::Quick);
    on("DELETE", "/containers/{name}", remove);
    add_life_routes(router, containers);
    add_stream_routes(router, containers);
}

} // namespace staithe::routes
