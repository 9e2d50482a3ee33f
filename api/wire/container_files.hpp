// What is asked and said about a container's files: changes and copy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"

namespace staithe::wire {

/// A list of {"Path":"/etc","Kind":0}; null when there is none.
std::string encode_changes(std::vector<api::FileChange> const&);

/// The path of {"Resource":"etc/passwd","HostPath":"ignored"}.
Result<std::string> decode_copy(std::string_view body);

} // namespace staithe::wire
