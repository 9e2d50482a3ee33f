// The kernel's network switches below /proc/sys/net, of the network namespace of the calling thread.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>

namespace staithe::network {

/// name: "ipv4/ip_forward". NOT_FOUND: this kernel has no such switch.
Result<void> write_sysctl(std::string const& name, std::string const& value);
Result<std::string> read_sysctl(std::string const& name); ///< without the end of line

} // namespace staithe::network
