// Config: what a container is created from, and what an image suggests.
#pragma once

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"
#include "api/wire/field.hpp"
#include "api/wire/json_value.hpp"

namespace staithe::wire {

Fields<api::ContainerConfig> config_fields();

/// Every key of every version is understood whatever version the client speaks. Ports without a protocol are tcp.
/// "HostConfig" inside, as clients from 1.15 on send it, may carry the limits and Privileged.
Result<api::ContainerConfig> decode_config(std::string_view body);

/// "80" means "80/tcp".
std::string with_protocol(std::string port);

} // namespace staithe::wire
