// What the daemon knows and must not forget: layers, images, tags, containers and their names, volumes, events.
//
// The rooms above keep everything but the events in memory; the store is read once at start and written through. Every
// function is thread-safe and all-or-nothing. Functions without another word are durable when they return.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/services/event_service.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/records.hpp"

namespace staithe::store {

class Store {
public:
    /// Opens <directory>/state.db, makes it where it is missing, and reads everything. A damaged database is set aside
    /// as state.db.damaged-N, what can still be read of it is taken over, and Contents::damages tells so; a damaged row
    /// goes to the table quarantine and is named there too.
    static Result<std::unique_ptr<Store>> open(std::string const& directory, Contents& contents);

    /// Random digits that belong to this database; a driver's state directory that bears others is not ours.
    std::string const& identity() const { return m_identity; }

    Result<void> add_image(ImageRecord const&, LayerRecord const&, TagRecord const* tag);
    /// Of a layer that may be gone meanwhile. Lazy: they can be computed again.
    Result<void> set_digests(LayerRecord const&);
    Result<void> set_tag(TagRecord const&);
    /// Takes away tags, images and the images' layers in one step.
    Result<void> remove_images(std::vector<TagRecord> const& tags, std::vector<ImageRecord> const& images);

    Result<void> add_container(ContainerRecord const&, LayerRecord const&);
    /// With its layer's row, every name that leads to it, the links below its own name, and these volumes' rows.
    Result<void> remove_container(ContainerRecord const&, std::vector<std::string> const& volumes = {});
    /// State, run, network, volumes and host configuration of a container. Lazy.
    Result<void> save_run(ContainerRecord const&);

    /// A path that is there already leads to this container from now on.
    Result<void> add_link(NameRecord const&);
    Result<void> remove_link(std::string const& path);

    Result<void> add_volumes(std::vector<VolumeRecord> const&);
    Result<void> remove_volumes(std::vector<std::string> const& ids);

    Result<void> set(std::string const& key, std::string const& value);

    /// Appends to the journal, in order. Lazy. Beyond `keep` events the oldest are forgotten now and then.
    Result<void> add_events(std::vector<api::Event> const&, uint64_t keep);
    /// Those with a time of at least since_ns, oldest first, that a receiver takes until it says false.
    Result<void> read_events(int64_t since_ns, std::function<bool(api::Event const&)> const&);
    /// The cursor of the youngest event; 0: there is none.
    Result<uint64_t> last_event();

private:
    Store(std::unique_ptr<Database>, std::string identity);

    std::unique_ptr<Database> m_database;
    std::string m_identity;
};

} // namespace staithe::store
