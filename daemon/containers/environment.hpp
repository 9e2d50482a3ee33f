// The environment of a container's program (spec: semantics.md §5.1). Nothing comes from the daemon's own.
#pragma once

#include <string>
#include <vector>

#include "api/services/container.hpp"

namespace staithe::containers {

/// "K=V" in order, each key once; a later entry replaces the value of an earlier one. links: see link_environment().
std::vector<std::string> environment_of(api::ContainerConfig const&, std::vector<std::string> const& links = {});

} // namespace staithe::containers
