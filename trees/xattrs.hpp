// SPDX-License-Identifier: Apache-2.0
//
// Extended attributes of a file, as far as they are part of it: see is_portable_xattr().
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::trees {

struct Xattr {
    std::string name, value;
    friend bool operator==(Xattr const&, Xattr const&) = default;
};

/// Is this extended attribute part of a file rather than of a storage driver or of the host's policy? The same answer
/// for taking in and giving out: user.* (but not user.overlay.*), POSIX ACLs and file capabilities.
bool is_portable_xattr(std::string_view name);

/// The portable extended attributes, sorted by name.
Result<std::vector<Xattr>> xattrs_of(int fd);
/// The same of anything in a directory; a link is not followed.
Result<std::vector<Xattr>> xattrs_of(int directory, char const* name, struct stat const& status);

/// The same of what a path leads to, links followed.
Result<std::vector<Xattr>> xattrs_of(std::string const& path);

} // namespace staithe::trees
