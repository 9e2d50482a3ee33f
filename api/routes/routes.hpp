// The routes of the API, for the composition root: each function adds one resource's. Services are borrowed and must
// outlive the router; their functions are called from any worker thread.
#pragma once

#include "api/http/router.hpp"
#include "api/services/container_service.hpp"
#include "api/services/event_service.hpp"
#include "api/services/image_service.hpp"
#include "api/services/system_service.hpp"

namespace staithe::routes {

/// The versions that a path prefix may name; versions::accepted() lists them.
http::ApiRange api_range();

/// Containers ask for images, and images for containers, because a name that means both is refused.
void add_container_routes(http::Router&, api::ContainerService&, api::ImageService&);
void add_image_routes(http::Router&, api::ImageService&, api::ContainerService&);
void add_event_routes(http::Router&, api::EventService&);
void add_system_routes(http::Router&, api::SystemService&, api::DriverService&);
void add_driver_routes(http::Router&, api::DriverService&);

} // namespace staithe::routes
