// Our own extension: whether images are what they were when they were made.
#include "api/routes/images.hpp"
#include "api/routes/progress_stream.hpp"
#include "api/versions/version_rows.hpp"
#include "api/wire/image.hpp"

namespace staithe::routes {

namespace {

    /// In the newest form whatever the path says: what is ours has no versions.
    void verify(api::ImageService& images, http::Request& request, http::Responder& responder)
    {
        ProgressStream progress(request, responder, versions::newest);
        auto const checks = images.verify(request.id, request.parameter("name"), progress);
        if (!checks)
            return progress.fail(checks.error());
        progress.begin();
        for (auto const& check : checks.value())
            progress.write(wire::encode_image_check(check));
    }

} // namespace

void add_image_check_routes(http::Router& router, api::ImageService& images)
{
    router.add({ "GET", "/staithe/v1/images/verify",
        [&images](http::Request& request, http::Responder& responder) { verify(images, request, responder); },
        http::BodyLane::Upload });
}

} // namespace staithe::routes
