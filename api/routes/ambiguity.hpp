// Containers and images share one space of names when something is inspected.
#pragma once

#include <string_view>

#include <staithe/cpp/result.hpp>

#include "api/services/container_service.hpp"
#include "api/services/image_service.hpp"

namespace staithe::routes {

/// What was found by a name must not be found on the other side too: CONFLICT. Costs a look into a map.
/// A container's whole name beats the first few digits of an image's id: "db" is not refused by accident.
Result<void> check_unambiguous(std::string_view name, api::ContainerDetails const&, api::ImageService&);
Result<void> check_unambiguous(std::string_view name, api::ImageDetails const&, api::ContainerService&);

} // namespace staithe::routes
