// What a driver still holds for a container that has ended: processes, cgroups. Normally nothing; after a keeper or a
// driver that died, until it is freed. A file in the container's directory remembers it for later daemons.
#pragma once

#include <optional>

#include "daemon/containers/context.hpp"

namespace staithe::containers {

/// Does the driver hold anything? True also while the container runs.
bool has_remains(Context const&, std::string const& id);

/// How that run ended, if its keeper noted it before it died.
std::optional<rpc::keeper::ExitRecord> unfinished_record(Context const&, std::string const& id, uint32_t run);

/// Has the driver destroy what it holds, in a process of its own. Only for a container that does not run.
Result<void> free_remains(Context&, store::ContainerRecord const&);

} // namespace staithe::containers
