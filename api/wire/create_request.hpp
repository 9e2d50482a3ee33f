// The bodies that hold a Config: of a create, of a commit, and of the build cache's question.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"

namespace staithe::wire {

struct CreateRequest {
    api::ContainerConfig config;
    /// "HostConfig" inside the Config, as clients from 1.15 on send it.
    std::optional<api::HostConfig> host_config;
};

Result<CreateRequest> decode_create(std::string_view body);

/// Nothing where there is no body, or none that can be understood: clients of the time send what they like.
std::optional<api::ContainerConfig> decode_commit(std::string_view body);

/// A Config with the parent image's "Id" among its keys.
struct CacheQuestion {
    std::string parent;
    api::ContainerConfig config;
};

Result<CacheQuestion> decode_cache_question(std::string_view body);

} // namespace staithe::wire
