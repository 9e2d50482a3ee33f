// SPDX-License-Identifier: Apache-2.0
//
// What is in a directory of a layer, in the one order that archives, hashes and comparisons use.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

#include "plugins/common/archive/tar_format.hpp"
#include "trees/xattrs.hpp"

namespace staithe::layers {

using archive::Segment;
using trees::Xattr;
using trees::xattrs_of;

struct Node {
    std::string name;
    struct stat status { };
};

/// What a directory holds, unsorted.
Result<std::vector<Node>> nodes_in(int directory);

/// What is called name in a directory; nothing where there is nothing. Links are not followed.
Result<std::optional<struct stat>> status_of(int directory, char const* name);

Result<std::string> link_target(int directory, char const* name);

/// Opens a regular file that was seen with that status.
Result<UniqueFd> open_file(int directory, char const* name, struct stat const& status);

/// Of a tree that is being written to: was it only that somebody removed or replaced what had just been there?
bool is_lost(Error const& error);

/// Opens a regular file for reading that was found with O_PATH: whatever was put in its place meanwhile, no device or
/// FIFO is ever opened.
Result<UniqueFd> reopen_file(int place);

/// Where a file has data: stretches of 4096 bytes that are not all zero, joined where they touch, whatever holes the
/// file system happens to keep. Nothing for a file without holes.
Result<std::optional<std::vector<Segment>>> sparse_map(int fd, struct stat const& status);

/// The character device 0/0, with which overlayfs marks a deletion; elsewhere it is left out.
inline bool is_whiteout_device(struct stat const& status)
{
    return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

} // namespace staithe::layers
