// Config: what a container is created from, and what an image suggests.
#pragma once

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"
#include "api/wire/field.hpp"
#include "api/wire/json_value.hpp"

namespace staithe::wire {

Fields<api::ContainerConfig> config_fields();

/// Every key of every version is understood whatever version the client speaks. Ports without a protocol are tcp.
/// A "HostConfig" inside, as clients from 1.15 on send it, may carry what was part of Config before: the limits,
/// Privileged, Dns, VolumesFrom as a list, and "NetworkMode":"none" for NetworkDisabled.
Result<api::ContainerConfig> read_config(JsonValue const&);

/// "80" means "80/tcp".
std::string with_protocol(std::string port);

} // namespace staithe::wire
