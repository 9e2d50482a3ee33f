// What the store keeps: one struct per row.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/services/container.hpp"

namespace staithe::store {

/// A layer that exists, with the driver that holds it. Layers of a driver without such a row are left-overs.
struct LayerRecord {
    std::string id, parent, driver;
    int64_t size = 0;
    /// Of an image's layer, "sha256:<hex>": over the tree with all parents, and over the archive of what it adds to its
    /// parent. Empty: not recorded yet.
    std::string tree_hash {}, diff_digest {};
};

struct ImageRecord {
    std::string id, parent; ///< parent: an image, or empty
    std::string layer; ///< what containers of this image are made on
    std::string comment, author, container, architecture, daemon_version;
    int64_t created_ns = 0;
    int64_t size = 0; ///< of its own layer
    std::string storage_driver;
    api::ContainerConfig container_config;
    std::optional<api::ContainerConfig> config;
};

struct TagRecord {
    std::string repository, tag, image;
};

struct ContainerRecord {
    std::string id; ///< also its layer's
    std::string name; ///< "/web"
    std::string image, storage_driver, execution_driver;
    int64_t created_ns = 0;
    std::string path;
    std::vector<std::string> args;
    api::ContainerConfig config;
    api::HostConfig host_config;
    bool publish_port_specs = false;
    // What changes with every run:
    api::ContainerState state;
    api::NetworkState network; ///< of this run
    std::optional<std::map<std::string, api::VolumeMount>> volumes; ///< made at the first start, kept for later ones
    uint32_t run = 0; ///< how often it was started
    std::string boot; ///< under which boot the last start was
};

/// A managed volume: <state>/volumes/<id>, its bytes in "data" below.
struct VolumeRecord {
    std::string id; ///< 64 hex digits
    int64_t created_ns = 0;
};

/// A path in the tree of names: "/web", or a link "/db/alias".
struct NameRecord {
    std::string path, container;
};

/// Everything there is, as read at start.
struct Contents {
    std::vector<LayerRecord> layers;
    std::vector<ImageRecord> images;
    std::vector<TagRecord> tags;
    std::vector<ContainerRecord> containers;
    std::vector<NameRecord> links; ///< names that are not a container's own
    std::vector<VolumeRecord> volumes;
    std::map<std::string, std::string> settings; ///< small facts of other rooms: "network.subnet"
    std::vector<std::string> damages; ///< sentences about what could not be read and was put aside
};

} // namespace staithe::store
