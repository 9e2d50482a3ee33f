// SPDX-License-Identifier: Apache-2.0
//
// Extended attributes of a file, as far as they are part of it: see is_portable_xattr().
#pragma once

#include <sys/stat.h>

#include <vector>

#include <staithe/cpp/result.hpp>

#include "plugins/common/archive/tar_format.hpp"

namespace staithe::archive {

/// The portable extended attributes, sorted by name.
Result<std::vector<Xattr>> xattrs_of(int fd);
/// The same of anything in a directory; a link is not followed.
Result<std::vector<Xattr>> xattrs_of(int directory, char const* name, struct stat const& status);

} // namespace staithe::archive
