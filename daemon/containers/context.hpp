// What every container needs of the world, and how the daemon was told to treat containers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <staithe/cpp/mutex.hpp>

#include "api/services/image.hpp"
#include "daemon/containers/background.hpp"
#include "daemon/containers/merge.hpp"
#include "daemon/drivers/catalog.hpp"
#include "daemon/drivers/keepers.hpp"
#include "daemon/events/journal.hpp"
#include "daemon/layers/layers.hpp"
#include "daemon/network/network.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"
#include "daemon/volumes/volumes.hpp"

namespace staithe::containers {

class Registry;

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
    /// An image of what the container's layer holds on top of its image, which nobody takes away meanwhile: its id.
    /// NOT_FOUND: the layer or the image is missing.
    virtual Result<std::string> commit(
        std::string_view request_id, api::CommitRequest const&, store::ContainerRecord const&) = 0;
};

struct Options {
    std::string directory; ///< one directory per container below
    std::string execution_driver;
    std::string boot_id;
    rpc::keeper::LogBounds log;
    HostAbilities host;
    std::vector<std::string> name_servers; ///< of containers that name none; empty: the host's
    bool restart = true; ///< start again what ran when the machine went down
};

struct Context {
    Options options;
    store::Store& store;
    layers::Layers& layers;
    drivers::Catalog& catalog;
    ImageSource& images;
    network::Network& network;
    volumes::Volumes& volumes;
    events::Journal& journal;
    os::Log& log;
    drivers::Keepers* keepers = nullptr; ///< set before the first container starts
    Registry* registry = nullptr; ///< all containers; set before the first one is made
    /// Held while a container takes over another's volumes, and while one goes and takes those away that nobody else
    /// has. Before any container's own lock.
    Mutex volume_use {};
    Background background {};

    std::string directory_of(std::string const& id) const { return options.directory + "/" + id; }
};

} // namespace staithe::containers
