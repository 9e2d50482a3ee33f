// The value types of images.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/services/container.hpp"

namespace staithe::api {

/// One record of the image list: one per tag, and one per untagged image.
struct ImageSummary {
    std::string repository, tag; ///< both empty: untagged
    std::string id; ///< 64 hex digits
    int64_t created_ns = 0;
    int64_t size = 0, virtual_size = 0;
};

struct ImageDetails {
    std::string id, parent, comment, container, docker_version, author, architecture;
    int64_t created_ns = 0;
    ContainerConfig container_config;
    std::optional<ContainerConfig> config;
    int64_t size = 0;
    std::string storage_driver;
};

struct ImageFilter {
    bool all = false;
    std::string name; ///< a shell glob over the repository; '*' does not cross '/'
};

struct ImportRequest {
    std::string source; ///< "-": the body; else a URL
    std::string repository, tag;
};

/// One step of `DELETE /images`.
struct DeletedImage {
    bool untagged = false; ///< else: deleted
    std::string id; ///< 12 digits
};

} // namespace staithe::api
