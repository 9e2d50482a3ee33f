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

/// One image of a history: from the image itself down to its root.
struct ImageStep {
    std::string id; ///< 64 hex digits
    int64_t created_ns = 0;
    std::string created_by; ///< the command of its container_config, joined by spaces
    std::vector<std::string> tags; ///< "repo:tag", sorted
    int64_t size = 0; ///< of its own layer
};

/// One image of the graph.
struct ImageNode {
    std::string id, parent; ///< 64 hex digits; parent empty: a root
    std::vector<std::string> tags; ///< "repo:tag", sorted
    int64_t created_ns = 0, size = 0;
};

/// What becomes of a container's changes.
struct CommitRequest {
    std::string container; ///< name
    std::string repository, tag; ///< repository empty: untagged; tag empty: latest
    std::string author, comment;
    /// Of the new image. Absent: an empty one; the container's own is not inherited.
    std::optional<ContainerConfig> config;
};

/// Whether an image is what it was when it was made.
struct ImageCheck {
    std::string id;
    std::vector<std::string> tags;
    bool good = false;
    std::string problem; ///< names the layer and what differs; empty when good
};

/// One step of `DELETE /images`.
struct DeletedImage {
    bool untagged = false; ///< else: deleted
    std::string id; ///< 12 digits
};

} // namespace staithe::api
