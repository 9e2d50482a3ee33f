// The side file <kind>-<name>.driver beside a driver's image, which lets the daemon list drivers without loading them.
//
//     name=overlay
//     kind=storage
//     abi=1.0
//     summary=Layers as overlayfs lower directories
//     package=staithe-driver-overlay
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "daemon/drivers/driver_name.hpp"

namespace staithe::drivers {

struct SideFile {
    DriverId id;
    uint32_t abi_major = 0, abi_minor = 0;
    std::string summary, package;
};

inline constexpr size_t max_side_file_bytes = 4096;

/// Strict: each key once, name, kind and abi required, nothing unknown, printable text only, at most
/// max_side_file_bytes. Never half of it.
Result<SideFile> parse_side_file(std::string_view content);

} // namespace staithe::drivers
