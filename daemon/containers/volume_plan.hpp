// Which volumes a start gives a container (spec: semantics.md §6): those of its earlier starts, then other containers',
// then its own and the host's.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "daemon/store/records.hpp"

namespace staithe::containers {

using Volumes = std::map<std::string, api::VolumeMount>;

struct VolumePlan {
    Volumes mounts; ///< by path in the container
    std::vector<std::string> fresh; ///< paths that get a new managed volume
};

/// volumes_of: of another container; nothing: there is none of that name. "Container OWN-ID not found. Impossible to
/// mount its volumes" for a source that there is not.
Result<VolumePlan> plan_volumes(
    store::ContainerRecord const&, std::function<std::optional<Volumes>(std::string_view name)> const& volumes_of);

} // namespace staithe::containers
