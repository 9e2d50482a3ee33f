// Where images come from: an archive, an image and a file, a container's changes.
#include "api/routes/images.hpp"
#include "api/routes/parameters.hpp"
#include "api/routes/progress_stream.hpp"
#include "api/routes/reply.hpp"
#include "api/versions/traits.hpp"
#include "api/wire/create_request.hpp"
#include "api/wire/replies.hpp"
#include "api/wire/text_forms.hpp"

namespace staithe::routes {

namespace {

    using api::ContainerService;
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
            .repository = STAITHE_TRY(new_name(request, "repo")),
            .tag = STAITHE_TRY(new_name(request, "tag")) };
        return images.import(request.id, what, *request.body, progress);
    }

    void create(ImageService& images, Request& request, http::Responder& responder)
    {
        ProgressStream progress(request, responder, request.version);
        auto const id = import(images, request, progress);
        if (id)
            progress.status(wire::short_id(id.value()));
        else
            progress.fail(id.error());
    }

    Result<std::string> insert_file(ImageService& images, Request const& request, api::Progress& progress)
    {
        std::string const url(request.parameter("url")), path(request.parameter("path"));
        if (url.empty() || path.empty())
            return Error { STAITHE_INVALID, 0, "Bad parameter: url and path are needed" };
        auto id = images.insert(request.id, request.name, url, path, progress);
        // "PATH exists" was never a conflict to clients.
        if (!id && id.error().code == STAITHE_EXISTS)
            id.error().code = STAITHE_INTERNAL;
        return id;
    }

    void insert(ImageService& images, Request& request, http::Responder& responder)
    {
        ProgressStream progress(request, responder, request.version);
        auto const id = insert_file(images, request, progress);
        if (!id)
            return progress.fail(id.error());
        progress.status(id.value());
        if (versions::has(versions::Trait::InsertedId, request.version))
            progress.write(wire::encode_id(wire::short_id(id.value())));
    }

    /// The message is "comment" in the daemons of the time, "m" in their documentation.
    std::string comment_of(Request const& request)
    {
        auto const comment = request.parameter("comment");
        return std::string(comment.empty() ? request.parameter("m") : comment);
    }

    Result<Reply> commit(ContainerService& containers, Request const& request)
    {
        auto const body = STAITHE_TRY(request.read_body());
        api::CommitRequest const what { .container = std::string(request.parameter("container")),
            .repository = STAITHE_TRY(new_name(request, "repo")),
            .tag = STAITHE_TRY(new_name(request, "tag")),
            .author = std::string(request.parameter("author")),
            .comment = comment_of(request),
            .config = wire::decode_commit(body) };
        auto const id = STAITHE_TRY(containers.commit(request.id, what));
        return json_reply(wire::encode_id(wire::short_id(id)), 201);
    }

} // namespace

void add_image_making_routes(http::Router& router, ImageService& images, ContainerService& containers)
{
    auto const on = [&](char const* pattern, auto handler) {
        router.add({ "POST", pattern,
            [&images, handler](Request& request, http::Responder& responder) { handler(images, request, responder); },
            http::BodyLane::Upload });
    };
    on("/images/create", create);
    on("/images/{name}/insert", insert);
    router.add(
        { "POST", "/commit", answering([&containers](Request& request) { return commit(containers, request); }) });
}

} // namespace staithe::routes
