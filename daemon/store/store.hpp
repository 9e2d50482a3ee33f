// What the daemon knows and must not forget: layers, images, tags, containers and their names.
//
// The rooms above keep everything in memory; the store is read once at start and written through. Every function is
// thread-safe and all-or-nothing. Functions without another word are durable when they return; save_run() is lazy.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
    Result<void> set_tag(TagRecord const&);
    /// Takes away tags, images and the images' layers in one step.
    Result<void> remove_images(std::vector<TagRecord> const& tags, std::vector<ImageRecord> const& images);

    Result<void> add_container(ContainerRecord const&, LayerRecord const&);
    Result<void> remove_container(ContainerRecord const&);
    /// State, run and host configuration of a container. Lazy.
    Result<void> save_run(ContainerRecord const&);

private:
    Store(std::unique_ptr<Database>, std::string identity);

    std::unique_ptr<Database> m_database;
    std::string m_identity;
};

} // namespace staithe::store
