// Containers as records: create, list, inspect, top, changes, remove. Their life and their streams are beside this
// file.
#include "api/routes/containers.hpp"

#include <chrono>

#include "api/routes/ambiguity.hpp"
#include "api/routes/body.hpp"
#include "api/routes/parameters.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/routes.hpp"
#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/container_files.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/create_request.hpp"
#include "api/wire/process_table.hpp"
#include "api/wire/replies.hpp"

namespace staithe::routes {

namespace {

    using api::ContainerService;
    using http::Reply;
    using http::Request;

    Result<Reply> create(ContainerService& containers, Request& request)
    {
        auto const body = STAITHE_TRY(needed_body(request));
        auto what = STAITHE_TRY(wire::decode_create(body));
        api::CreateOptions const options { .name = STAITHE_TRY(new_name(request, "name")),
            .publish_port_specs = versions::has(versions::Trait::PublishedPortSpecs, request.version),
            .host_config = std::move(what.host_config) };
        auto const created = STAITHE_TRY(containers.create(request.id, options, what.config));
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

    Result<Reply> inspect(ContainerService& containers, api::ImageService& images, Request& request)
    {
        auto const details = STAITHE_TRY(containers.inspect(request.name));
        STAITHE_TRY(check_unambiguous(request.name, details, images));
        return json_reply(wire::encode_container(details, versions::container_details(request.version)));
    }

    Result<Reply> top(ContainerService& containers, Request& request)
    {
        if (versions::has(versions::Trait::ProcessList, request.version))
            return json_reply(wire::encode_process_list(STAITHE_TRY(containers.top(request.name, {}))));
        if (!versions::has(versions::Trait::ProcessTable, request.version))
            return no_page_reply();
        auto const table = STAITHE_TRY(containers.top(request.name, request.parameter("ps_args")));
        return json_reply(wire::encode_process_table(table));
    }

    Result<Reply> changes(ContainerService& containers, Request& request)
    {
        return json_reply(wire::encode_changes(STAITHE_TRY(containers.changes(request.id, request.name))));
    }

    Result<Reply> remove(ContainerService& containers, Request& request)
    {
        bool const volumes = STAITHE_TRY(boolean(request, "v"));
        if (STAITHE_TRY(boolean(request, "link")))
            STAITHE_TRY(containers.remove_link(request.id, request.name));
        else
            STAITHE_TRY(containers.remove(request.id, request.name, volumes));
        return empty_reply(204);
    }

} // namespace

void add_container_routes(http::Router& router, ContainerService& containers, api::ImageService& images)
{
    auto const on = [&](char const* method, char const* pattern, auto handler,
                        http::BodyLane lane = http::BodyLane::Short) {
        router.add({ method, pattern, answering([&containers, handler](Request& r) { return handler(containers, r); }),
            lane });
    };
    on("POST", "/containers/create", create);
    on("GET", "/containers/json", list);
    on("GET", "/containers/ps", list);
    router.add({ "GET", "/containers/{name}/json",
        answering([&containers, &images](Request& request) { return inspect(containers, images, request); }),
        http::BodyLane::Quick });
    on("GET", "/containers/{name}/top", top);
    on("GET", "/containers/{name}/changes", changes);
    on("DELETE", "/containers/{name}", remove);
    add_life_routes(router, containers);
    add_stream_routes(router, containers);
}

} // namespace staithe::routes
