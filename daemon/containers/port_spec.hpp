// Ports as clients write them: "[IP:[HOSTPORT]:|HOSTPORT:]PORT[/PROTO]", and "PORT[/PROTO]" as a key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"

namespace staithe::containers {

struct PortSpec {
    std::string host_ip, host_port; ///< empty: not said; a number
    uint16_t port = 0; ///< in the container
    std::string protocol; ///< "tcp", "udp", or what else a client says

    /// "80/tcp".
    std::string key() const { return std::to_string(port) + "/" + protocol; }
};

/// "Invalid containerPort: X" and its like for what is none.
Result<PortSpec> parse_port_spec(std::string_view);

/// 0 … 65535; nothing: it is no such number.
std::optional<uint16_t> port_number(std::string_view);

std::optional<api::Protocol> protocol_of(std::string_view);
std::string key_of(api::Port const&);

} // namespace staithe::containers
