// What clients are told about how a container's files differ from its image's.
#pragma once

#include <vector>

#include "api/services/container.hpp"
#include "daemon/drivers/storage.hpp"

namespace staithe::containers {

/// In lexical order, without the places that the daemon makes in every container: for /proc, /sys, /dev and the
/// generated files, and /etc where it is there for these only.
std::vector<api::FileChange> visible_changes(std::vector<drivers::Change>);

} // namespace staithe::containers
