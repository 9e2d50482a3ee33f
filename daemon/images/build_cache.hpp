// When a build need not do a step again.
#pragma once

#include "api/services/container.hpp"

namespace staithe::images {

/// Would a build step with the one configuration give what it gave with the other? What does not change the result
/// (host names, the image's name …) is not compared, and a step that reads its input is like no other. Absent and empty
/// lists are the same; ports that one side asks for in PortSpecs may have become exposed ports on the other.
bool same_step(api::ContainerConfig const&, api::ContainerConfig const&);

} // namespace staithe::images
