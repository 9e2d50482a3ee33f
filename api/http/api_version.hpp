// The API version that a request's path prefix names.
#pragma once

#include <compare>
#include <string>

namespace staithe::http {

/// Compared as two integers: 1.10 is younger than 1.9 (the daemons of 2013 read floats; see client trap 6).
struct ApiVersion {
    int major = 1;
    int minor = 6;
    friend constexpr auto operator<=>(ApiVersion, ApiVersion) = default;
    std::string to_string() const { return std::to_string(major) + "." + std::to_string(minor); }
};

} // namespace staithe::http
