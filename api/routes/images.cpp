// Images: import, list, inspect, remove, and the build cache's question.
#include "api/routes/ambiguity.hpp"
#include "api/routes/body.hpp"
#include "api/routes/parameters.hpp"
#include "api/routes/progress_stream.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/routes.hpp"
#include "api/versions/resources.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/create_request.hpp"
#include "api/wire/image.hpp"
#include "api/wire/replies.hpp"
#include "api/wire/text_forms.hpp"

namespace staithe::routes {

namespace {

    using api::ImageService;
    using http::Reply;
    using http::Request;

    Error pull_error(std::string_view image)
    {
        return { STAITHE_UNSUPPORTED, 0,
            "cannot pull '" + std::string(image)
                + "': no registry driver is installed; import a root file system with fromSrc instead" };
    }

    /// Where an import reads from; a URL without a scheme is http.
    Result<std::string> source_of(Request const& request)
    {
        std::string source(request.parameter("fromSrc"));
        if (source.empty())
            return Error { STAITHE_INVALID, 0, "Bad parameter: fromSrc or fromImage is needed" };
        return source == "-" || source.find("://") != source.npos ? source : "http://" + source;
    }

    Result<std::string> import(ImageService& images, Request& request, api::Progress& progress)
    {
        if (auto const image = request.parameter("fromImage"); !image.empty())
            return pull_error(image);
        api::ImportRequest const what { .source = STAITHE_TRY(source_of(request)),
            .repository = std::string(request.parameter("repo")),
            .tag = std::string(request.parameter("tag")) };
        return images.import(request.id, what, *request.body, progress);
    }

    void create(ImageService& images, Request& request, http::Responder& responder)
    {
        ProgressStream progress(request, responder);
        auto const id = import(images, request, progress);
        if (id)
            progress.status(wire::short_id(id.value()));
        else
            progress.fail(id.error());
    }

    Result<Reply> list(ImageService& images, Request& request)
    {
        api::ImageFilter filter;
        filter.all = STAITHE_TRY(boolean(request, "all"));
        filter.name = request.parameter("filter");
        auto const found = STAITHE_TRY(images.list(filter));
        return json_reply(wire::encode_image_list(found, versions::image_summary(request.version)));
    }

    Result<Reply> inspect(ImageService& images, api::ContainerService& containers, Request& request)
    {
        auto const image = STAITHE_TRY(images.inspect(request.name));
        STAITHE_TRY(check_unambiguous(request.name, image, containers));
        return json_reply(wire::encode_image(image, versions::image_details(request.version)));
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
        auto const steps = STAITHE_TRY(images.remove(request.id, request.name));
        if (versions::has(versions::Trait::PlainImageDelete, request.version))
            return empty_reply(204);
        if (steps.empty())
            return Error { STAITHE_CONFLICT, 0, "Conflict, " + request.name + " wasn't deleted" };
        return json_reply(wire::encode_removed(steps));
    }

} // namespace

void add_image_routes(http::Router& router, ImageService& images, api::ContainerService& containers)
{
    auto const on = [&](char const* method, char const* pattern, auto handler) {
        router.add({ method, pattern, answering([&images, handler](Request& r) { return handler(images, r); }) });
    };
    router.add({ "POST", "/images/create",
        [&images](Request& request, http::Responder& responder) { create(images, request, responder); },
        http::BodyLane::Upload });
    on("GET", "/images/json", list);
    on("POST", "/images/getCache", cached_child);
    router.add({ "GET", "/images/{name}/json",
        answering([&images, &containers](Request& request) { return inspect(images, containers, request); }) });
    on("DELETE", "/images/{name}", remove);
}

} // namespace staithe::routes
