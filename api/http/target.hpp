// The request target taken apart: authority, path and query, each percent-escape decoded exactly once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/head.hpp"

namespace staithe::http {

struct Target {
    std::string authority; ///< of an absolute-form target, else empty
    bool is_absolute = false;
    /// Decoded; an escaped '/' stands as Router::escaped_slash, so that it separates nothing. "*" for OPTIONS *.
    std::string path;
    /// Where the client is sent when the path was not canonical (the cleaned path, as escaped as it came).
    std::string location;
    std::vector<std::pair<std::string, std::string>> query; ///< decoded; UTF-8, as the path is
};

struct TargetOutcome {
    std::optional<Target> target;
    std::optional<Refusal> refused;
};

/// Origin-form, absolute-form ("http://…") and "*" with OPTIONS (RFC 9112 §3.2).
TargetOutcome parse_target(std::string_view method, std::string_view target);

/// Go's path.Clean for a rooted path, with a trailing slash kept.
std::string clean_path(std::string_view path);

} // namespace staithe::http
