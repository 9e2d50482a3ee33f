// SPDX-License-Identifier: Apache-2.0
//
// Paths inside a container's root. A hostile image fills its tree with symbolic links; whatever they say, nothing here
// looks at, makes or returns anything outside the root, also while somebody else changes the tree.
#pragma once

#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::final_step {

/// What is made where the path does not lead anywhere yet; all of it is root's, directories 0755, files 0644.
enum class Make { Nothing, Directories, File };

/// Opens (O_PATH) what the absolute path means to somebody whose root is `root`. Links are followed inside the root,
/// dangling ones too when something is to be made; procfs's magic links never are.
Result<UniqueFd> open_inside(int root, std::string_view path, Make make = Make::Nothing);

/// Opens the directory `name` directly in root, making it if missing. A symbolic link there is refused: the mount
/// points of /dev, /proc and /sys have no business being one.
Result<UniqueFd> open_mount_point(int root, std::string_view name);

/// The file system type (statfs(2)'s f_type) that an open file is on.
Result<long> filesystem_type(int fd);

} // namespace staithe::final_step
