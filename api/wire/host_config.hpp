// HostConfig: what a start may say. It is never part of a reply up to 1.6.
#pragma once

#include <string_view>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"
#include "api/wire/json_value.hpp"

namespace staithe::wire {

/// LxcConf is a list of {"Key","Value"} or a map, at every version: the daemons wanted the one, the 1.6 page shows the
/// other.
Result<api::HostConfig> read_host_config(JsonValue const&);
Result<api::HostConfig> decode_host_config(std::string_view body);

} // namespace staithe::wire
