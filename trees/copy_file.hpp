// SPDX-License-Identifier: Apache-2.0
//
// A file as another file: content, holes, owner, mode, attributes, times.
#pragma once

#include <sys/stat.h>

#include <staithe/cpp/plugin.hpp>

#include "trees/xattrs.hpp"

namespace staithe::trees {

/// Does the file system share blocks between files? Found out with the first file.
enum class Sharing : bool { Impossible, Try };

/// Copies the content of from, a file of that status, into the empty file to, by sharing blocks where that works.
Result<void> copy_data(staithe_call const& call, int from, int to, struct stat const& status, Sharing& sharing);

/// Gives an open file or directory the owner, attributes, mode and times; what it inherited from the directory around
/// it is taken away.
Result<void> dress(int fd, struct stat const& status, std::vector<Xattr> const& xattrs);

} // namespace staithe::trees
