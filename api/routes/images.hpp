// The parts of the image routes; the composition root knows add_image_routes() only.
#pragma once

#include "api/http/router.hpp"
#include "api/services/container_service.hpp"
#include "api/services/image_service.hpp"

namespace staithe::routes {

/// create insert commit
void add_image_making_routes(http::Router&, api::ImageService&, api::ContainerService&);
/// Our own extension: verify
void add_image_check_routes(http::Router&, api::ImageService&);

} // namespace staithe::routes
