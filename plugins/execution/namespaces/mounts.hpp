// SPDX-License-Identifier: Apache-2.0
//
// Mounting by descriptors: file systems are made detached and attached to an opened directory, so that no path is ever
// resolved twice and none leads out of the container.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/execution.h>

namespace staithe::namespaces {

using Options = std::initializer_list<std::pair<char const*, char const*>>; ///< value NULL: a flag

/// A new, detached instance of a file system; attributes are MOUNT_ATTR_*.
Result<UniqueFd> make_filesystem(char const* type, Options options, unsigned attributes);
/// The same from mount(8)'s "a=b,c" text.
Result<UniqueFd> make_filesystem(
    std::string const& type, std::string_view source, std::string_view options, unsigned attributes);

/// A detached second mount of what an open file or directory is; its mount must be one of this namespace.
Result<UniqueFd> clone_mount(int fd, bool recursive);

/// Adds attributes to a mount that this process may change.
Result<void> add_attributes(int mount, uint64_t attributes, bool recursive);

/// Puts a detached mount over the opened target.
Result<void> attach(int mount, int target);

/// One entry of staithe_container.mounts, resolved and made inside root.
Result<void> attach_given(int root, staithe_mount const&);

/// Nothing can be seen of it or changed in it: /dev/null over a file, an empty read-only directory over a directory. A
/// path that does not exist is skipped. `null` is the container's own /dev/null.
Result<void> mask(int root, std::string_view path, int null);
Result<void> make_readonly(int root, std::string_view path);

} // namespace staithe::namespaces
