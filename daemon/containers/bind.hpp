// Binds: directories and files of the host in a container, "SOURCE:TARGET[:MODE]" (spec: semantics.md §6); and what may
// be mounted upon.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::containers {

struct Bind {
    std::string source; ///< as the client says
    std::string target; ///< see mount_target()
    bool writable = true;
};

/// "Invalid bind specification: B"; "Illegal bind destination: D".
Result<Bind> parse_bind(std::string_view);

/// "Invalid bind mount 'B' : source can't be '/'"; "… source doesn't exist", also for a relative one.
Result<void> check_bind_sources(std::vector<std::string> const& binds);

/// Absolute, without "//", "." and "..", which end at the root.
std::string clean_path(std::string_view);

/// The path of a volume in the container, cleaned. Refused: the root, /proc, /sys and what is below these.
Result<std::string> mount_target(std::string_view);

} // namespace staithe::containers
