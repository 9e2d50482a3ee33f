// Mounts as descriptors.
#pragma once

#include <string>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::os {

enum class Submounts : bool { Leave, Take };

/// A detached mount of what is at a path of the host, with or without what is mounted below it.
struct Clone {
    UniqueFd mount;
    bool directory = false;
};
Result<Clone> clone_mount(std::string const& path, Submounts);

} // namespace staithe::os
