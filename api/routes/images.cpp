// Images as records: list, graph, inspect, history, tag, remove, and the build cache's question. Where they come from
// is beside this file.
#include "api/routes/images.hpp"

#include "api/routes/ambiguity.hpp"
#include "api/routes/body.hpp"
#include "api/routes/parameters.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/routes.hpp"
#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/create_request.hpp"
#include "api/wire/image.hpp"
#include "api/wire/image_history.hpp"
#include "api/wire/replies.hpp"

namespace staithe::routes {

namespace {

    using api::ImageService;
    using http::Reply;
    using http::Request;

    Result<Reply> list(ImageService& images, Request& request)
    {
        api::ImageFilter filter;
        filter.all = STAITHE_TRY(boolean(request, "all"));
        filter.name = request.parameter("filter");
        auto const found = STAITHE_TRY(images.list(filter));
        return json_reply(wire::encode_image_list(found, versions::image_summary(request.version)));
    }

    Result<Reply> graph(ImageService& images, Request&)
    {
        Reply reply;
        reply.body = wire::encode_graph(STAITHE_TRY(images.graph()));
        return reply;
    }

    Result<Reply> inspect(ImageService& images, api::ContainerService& containers, Request& request)
    {
        auto const image = STAITHE_TRY(images.inspect(request.name));
        STAITHE_TRY(check_unambiguous(request.name, image, containers));
        return json_reply(wire::encode_image(image, versions::image_details(request.version)));
    }

    Result<Reply> history(ImageService& images, Request& request)
    {
        auto const steps = STAITHE_TRY(images.history(request.name));
        return json_reply(wire::encode_history(steps, versions::image_step(request.version)));
    }

    /// A tag that exists is led to this image whatever `force` says, as it always was; only its spelling is checked.
    Result<Reply> tag(ImageService& images, Request& request)
    {
        STAITHE_TRY(boolean(request, "force"));
        auto const repository = STAITHE_TRY(new_name(request, "repo"));
        auto const label = STAITHE_TRY(new_name(request, "tag"));
        STAITHE_TRY(images.tag(request.name, repository, label));
        return empty_reply(201);
    }

    /// No such child and no such parent are answered alike.
    Result<Reply> cached_child(ImageService& images, Request& request)
    {
        if (!versions::has(versions::Trait::CacheQuestion, request.version))
            return no_page_reply();
        auto const body = STAITHE_TRY(needed_body(request));
        auto const question = STAITHE_TRY(wire::decode_cache_question(body));
        auto const child = images.cached_child(question.parent, question.config);
        if (!child && child.error().code != STAITHE_NOT_FOUND)
            return child.error();
        return child && !child.value().empty() ? json_reply(wire::encode_id(child.value())) : empty_reply(404);
    }

    Result<Reply> remove(ImageService& images, Request& request)
    {
        if (!versions::has(versions::Trait::PlainImageDelete, request.version))
            return json_reply(wire::encode_removed(STAITHE_TRY(images.remove(request.id, request.name))));
        STAITHE_TRY(images.remove_one(request.id, request.name));
        return empty_reply(204);
    }

} // namespace

void add_image_routes(http::Router& router, ImageService& images, api::ContainerService& containers)
{
    auto const on = [&](char const* method, char const* pattern, auto handler) {
        router.add({ method, pattern, answering([&images, handler](Request& r) { return handler(images, r); }) });
    };
    on("GET", "/images/json", list);
    on("GET", "/images/viz", graph);
    on("POST", "/images/getCache", cached_child);
    router.add({ "GET", "/images/{name}/json",
        answering([&images, &containers](Request& request) { return inspect(images, containers, request); }) });
    on("GET", "/images/{name}/history", history);
    on("POST", "/images/{name}/tag", tag);
    on("DELETE", "/images/{name}", remove);
    add_image_making_routes(router, images, containers);
    add_image_check_routes(router, images);
}

} // namespace staithe::routes
