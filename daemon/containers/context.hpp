// What every container needs of the world, and how the daemon was told to treat containers.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/services/container.hpp"
#include "daemon/containers/background.hpp"
#include "daemon/containers/merge.hpp"
#include "daemon/drivers/catalog.hpp"
#include "daemon/drivers/keepers.hpp"
#include "daemon/layers/layers.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"

namespace staithe::containers {

/// What containers ask about images; implemented where the rooms are joined. [any-thread]
class ImageSource {
public:
    struct Found {
        std::string id, layer, storage_driver;
        std::optional<api::ContainerConfig> config;
        std::shared_ptr<void> pin; ///< the image is not deleted while this lives
    };
    virtual ~ImageSource() = default;
    virtual std::optional<Found> find(std::string_view name) = 0;
    /// "repo:tag" or 12 digits.
    virtual std::string display_name(std::string const& id) = 0;
    /// Bytes of an image with all its parents; 0: unknown.
    virtual int64_t size(std::string const& id) = 0;
};

struct Options {
    std::string directory; ///< one directory per container below
    std::string execution_driver;
    std::string boot_id;
    rpc::keeper::LogBounds log;
    HostAbilities host;
    bool restart = true; ///< start again what ran when the machine went down
};

struct Context {
    Options options;
    store::Store& store;
    layers::Layers& layers;
    drivers::Catalog& catalog;
    ImageSource& images;
    os::Log& log;
    drivers::Keepers* keepers = nullptr; ///< set before the first container starts
    Background background;

    std::string directory_of(std::string const& id) const { return options.directory + "/" + id; }
};

} // namespace staithe::containers
