// SPDX-License-Identifier: Apache-2.0
//
// One number for a whole tree, the same on every driver and file system.
#pragma once

#include <string>

#include <staithe/cpp/plugin.hpp>

namespace staithe::layers {

/// "sha256:<hex>" over everything below root in the order of compare(): path, type, mode, owner, device, link target,
/// time, portable extended attributes, content and which names are one file. Sockets and devices 0/0 are left out, as
/// archives leave them out.
Result<std::string> tree_hash(staithe_call const& call, int root);

} // namespace staithe::layers
