// SPDX-License-Identifier: Apache-2.0
//
// What one tree has that another has not: the walk behind diff, changes, usage, export and tree hash.
//
// The order is that of the bytes of the names in an archive, where a directory is "name/" and a deletion ".wh.name";
// a directory comes before what is in it. A directory that is itself the same is told when something in it changed.
#pragma once

#include <functional>

#include <staithe/cpp/plugin.hpp>
#include <staithe/storage.h>

#include "plugins/common/layers/node.hpp"

namespace staithe::layers {

struct Difference {
    uint32_t kind; ///< STAITHE_MODIFIED, STAITHE_ADDED, STAITHE_DELETED
    std::string const& path; ///< "etc/passwd"; "" is the root itself
    struct stat const& status; ///< not for what is deleted
    std::vector<Xattr> const* xattrs; ///< of a directory
    int directory; ///< where the thing is, to read it from; not for what is deleted
    char const* name;
    bool is_way_only = false; ///< a directory that is the same itself, told because of what is in it
};

using DifferenceVisitor = std::function<Result<void>(Difference const&)>;

struct Comparison {
    int old_root = -1; ///< -1: nothing, everything is new
    int new_root = -1;
    /// The new root is the upper directory of an overlay: only what is in it can differ, devices 0/0 are deletions.
    bool upper_only = false;
    /// What has not been changed (ctime) since then was copied from the old tree: contents need no comparison.
    timespec copied_at {};
    /// The new tree is being written to: what vanishes or is replaced under way is as it was found, or not there.
    bool live = false;
};

Result<void> compare(staithe_call const& call, Comparison const& comparison, DifferenceVisitor const& visit);

} // namespace staithe::layers
