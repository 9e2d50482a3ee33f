// SPDX-License-Identifier: Apache-2.0
//
// Copies a tree, sharing blocks where the file system can.
#pragma once

#include <staithe/cpp/plugin.hpp>

namespace staithe::trees {

/// Copies everything in the directory from, and its own attributes, to the empty directory to: owners, modes, times,
/// portable attributes, hard links, holes. Sockets are left out. Nothing is synced. The process's umask does not
/// matter.
Result<void> copy_tree(staithe_call const& call, int from, int to);

/// Gives the directory to the owner, mode, portable attributes and time of the directory from.
Result<void> copy_directory_attributes(int from, int to);

} // namespace staithe::trees
