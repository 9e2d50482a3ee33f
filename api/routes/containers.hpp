// The parts of the container routes; the composition root knows add_container_routes() only.
#pragma once

#include "api/http/router.hpp"
#include "api/services/container_service.hpp"

namespace staithe::routes {

/// start stop restart kill resize wait
void add_life_routes(http::Router&, api::ContainerService&);
/// attach export copy, and the stored output
void add_stream_routes(http::Router&, api::ContainerService&);

} // namespace staithe::routes
