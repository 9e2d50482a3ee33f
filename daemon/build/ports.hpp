// The words of EXPOSE.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::build {

/// "[IP:[HOSTPORT]:|HOSTPORT:]PORT[/PROTOCOL]" as it is; a range "A-B[/PROTOCOL]" as its ports. INVALID, with the text
/// that creating a container has for it: "Invalid containerPort: X", "No port specified: X" …
Result<std::vector<std::string>> expand_port(std::string_view);

} // namespace staithe::build
