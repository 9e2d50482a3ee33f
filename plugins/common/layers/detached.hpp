// SPDX-License-Identifier: Apache-2.0
//
// Mounts that are nothing but a descriptor: attached nowhere, gone with the last close.
#pragma once

#include <fcntl.h>
#include <sys/mount.h>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::layers {

enum class Access : bool { ReadOnly, Writable };

/// The directory as a detached mount of its own.
inline Result<UniqueFd> clone_mount(int directory, Access access)
{
    UniqueFd fd(::open_tree(directory, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
    if (!fd)
        return errno_error("cannot clone a mount");
    mount_attr attributes {};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (access == Access::ReadOnly && ::mount_setattr(fd.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
        return errno_error("cannot make a mount read-only");
    return fd;
}

/// The root directory of a detached mount, to work in; the mount lives as long as anything of it is open.
inline Result<UniqueFd> root_of(UniqueFd const& mount)
{
    UniqueFd fd(::openat(mount.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd ? Result<UniqueFd>(std::move(fd)) : errno_error("cannot open the root of a mount");
}

} // namespace staithe::layers
