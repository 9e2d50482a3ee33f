// SPDX-License-Identifier: Apache-2.0
//
// Unpacks a stranger's archive into a tree, in a confined child.
#pragma once

#include <cstdint>

#include <staithe/cpp/plugin.hpp>
#include <staithe/cpp/stream.hpp>

#include "plugins/common/archive/placer.hpp"

namespace staithe::archive {

/// Unpacks the whole source into the directory root and gives the sum of the sizes of its files. Nothing is synced. On
/// failure, which includes a source that was cut short, a passed deadline and a cancelled call, the tree is half full
/// and the child is gone. Deadline and cancel are heeded while a source with a descriptor has nothing to give; a read()
/// of one without a descriptor is waited for. Thread-safe.
Result<uint64_t> extract(staithe_call const& call, Source& source, int root, Below below);

} // namespace staithe::archive
