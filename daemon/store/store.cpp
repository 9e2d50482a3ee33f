#include "daemon/store/store.hpp"

#include <Poco/Data/Session.h>

#include <utility>

#include "daemon/os/random.hpp"
#include "daemon/store/events.hpp"
#include "daemon/store/json.hpp"
#include "daemon/store/loader.hpp"
#include "daemon/store/schema.hpp"

namespace staithe::store {

namespace {

    using namespace Poco::Data::Keywords;
    using Poco::Data::Session;

    void insert(Session& session, LayerRecord const& layer)
    {
        session << "INSERT INTO layers (id, parent, driver, size, tree_hash, diff_digest) VALUES (?, ?, ?, ?, ?, ?)",
            bind(layer.id), bind(layer.parent), bind(layer.driver), bind(static_cast<Poco::Int64>(layer.size)),
            bind(layer.tree_hash), bind(layer.diff_digest), now;
    }

    void insert(Session& session, ImageRecord const& image)
    {
        session << "INSERT INTO images (id, layer, created_ns, json) VALUES (?, ?, ?, ?)", bind(image.id),
            bind(image.layer), bind(static_cast<Poco::Int64>(image.created_ns)), bind(to_json(image)), now;
    }

    void insert(Session& session, TagRecord const& tag)
    {
        session << "INSERT OR REPLACE INTO tags (repository, tag, image) VALUES (?, ?, ?)", bind(tag.repository),
            bind(tag.tag), bind(tag.image), now;
    }

    void insert(Session& session, ContainerRecord const& container)
    {
        auto const& state = container.state;
        session << "INSERT INTO containers (id, image, created_ns, json, running, exit_code, started_ns, finished_ns,"
                   " run, boot, run_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            bind(container.id), bind(container.image), bind(static_cast<Poco::Int64>(container.created_ns)),
            bind(to_json(container)), bind(static_cast<int>(state.running)), bind(state.exit_code),
            bind(static_cast<Poco::Int64>(state.started_ns)), bind(static_cast<Poco::Int64>(state.finished_ns)),
            bind(static_cast<Poco::Int64>(container.run)), bind(container.boot), bind(run_to_json(container)), now;
        session << "INSERT INTO names (path, container, own) VALUES (?, ?, 1)", bind(container.name),
            bind(container.id), now;
    }

    void insert(Session& session, NameRecord const& link)
    {
        session << "INSERT INTO names (path, container, own) VALUES (?, ?, 0)"
                   " ON CONFLICT (path) DO UPDATE SET container = excluded.container WHERE own = 0",
            bind(link.path), bind(link.container), now;
    }

    void insert(Session& session, VolumeRecord const& volume)
    {
        session << "INSERT INTO volumes (id, created_ns) VALUES (?, ?)", bind(volume.id),
            bind(static_cast<Poco::Int64>(volume.created_ns)), now;
    }

    void set_value(Session& session, std::string const& key, std::string const& value)
    {
        session << "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", bind(key), bind(value), now;
    }

    Result<std::string> read_identity(Database& database)
    {
        std::string identity;
        STAITHE_TRY(database.read([&](Session& session) {
            session << "SELECT value FROM meta WHERE key = 'identity'", into(identity), now;
        }));
        if (!identity.empty())
            return identity;
        identity = os::random_hex(16);
        STAITHE_TRY(database.transaction(Durability::Durable, [&](Session& session) {
            session << "INSERT INTO meta (key, value) VALUES ('identity', ?)", bind(identity), now;
        }));
        return identity;
    }

    /// Writes what could be read of a damaged database into a fresh one.
    Result<void> take_over(Database& database, Contents const& contents, std::vector<api::Event> const& events)
    {
        return database.transaction(Durability::Durable, [&](Session& session) {
            for (auto const& layer : contents.layers)
                insert(session, layer);
            for (auto const& image : contents.images)
                insert(session, image);
            for (auto const& tag : contents.tags)
                insert(session, tag);
            for (auto const& container : contents.containers)
                insert(session, container);
            for (auto const& link : contents.links)
                insert(session, link);
            for (auto const& volume : contents.volumes)
                insert(session, volume);
            for (auto const& [key, value] : contents.settings)
                set_value(session, key, value);
            insert_events(session, events);
        });
    }

} // namespace

Store::Store(std::unique_ptr<Database> database, std::string identity)
    : m_database(std::move(database))
    , m_identity(std::move(identity))
{
}

Result<std::unique_ptr<Store>> Store::open(std::string const& directory, Contents& contents)
{
    std::string const path = directory + "/state.db";
    auto opened = Database::open(path);
    bool const damaged = !opened && opened.error().code == STAITHE_CORRUPT;
    if (!opened && !damaged)
        return std::move(opened.error());
    std::vector<api::Event> events;
    if (damaged) {
        auto const aside = STAITHE_TRY(set_aside(directory));
        contents.damages.push_back(opened.error().message + "; it was set aside as '" + aside + "'");
        salvage(aside, contents, events);
        opened = Database::open(path);
        if (!opened)
            return std::move(opened.error());
    }
    auto database = std::move(opened).value();
    STAITHE_TRY(migrate(*database));
    auto identity = STAITHE_TRY(read_identity(*database));
    if (damaged)
        STAITHE_TRY_CONTEXT(
            take_over(*database, contents, events), "cannot take over what was saved of the damaged database");
    else
        STAITHE_TRY(load(*database, contents));
    return std::unique_ptr<Store>(new Store(std::move(database), std::move(identity)));
}

Result<void> Store::add_image(ImageRecord const& image, LayerRecord const& layer, TagRecord const* tag)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) {
        insert(session, layer);
        insert(session, image);
        if (tag)
            insert(session, *tag);
    });
}

Result<void> Store::set_digests(LayerRecord const& layer)
{
    return m_database->transaction(Durability::Lazy, [&](Session& session) {
        session << "UPDATE layers SET tree_hash = ?, diff_digest = ? WHERE id = ?", bind(layer.tree_hash),
            bind(layer.diff_digest), bind(layer.id), now;
    });
}

Result<void> Store::set_tag(TagRecord const& tag)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) { insert(session, tag); });
}

Result<void> Store::remove_images(std::vector<TagRecord> const& tags, std::vector<ImageRecord> const& images)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) {
        for (auto const& tag : tags)
            session << "DELETE FROM tags WHERE repository = ? AND tag = ?", bind(tag.repository), bind(tag.tag), now;
        for (auto const& image : images) {
            session << "DELETE FROM images WHERE id = ?", bind(image.id), now;
            session << "DELETE FROM layers WHERE id = ?", bind(image.layer), now;
        }
    });
}

Result<void> Store::add_container(ContainerRecord const& container, LayerRecord const& layer)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) {
        insert(session, layer);
        insert(session, container);
    });
}

Result<void> Store::remove_container(ContainerRecord const& container, std::vector<std::string> const& volumes)
{
    std::string const links = container.name + "/", behind = container.name + static_cast<char>('/' + 1);
    return m_database->transaction(Durability::Durable, [&](Session& session) {
        session << "DELETE FROM names WHERE container = ?", bind(container.id), now;
        session << "DELETE FROM names WHERE path > ? AND path < ? AND own = 0", bind(links), bind(behind), now;
        session << "DELETE FROM containers WHERE id = ?", bind(container.id), now;
        session << "DELETE FROM layers WHERE id = ?", bind(container.id), now;
        for (auto const& id : volumes)
            session << "DELETE FROM volumes WHERE id = ?", bind(id), now;
    });
}

Result<void> Store::save_run(ContainerRecord const& container)
{
    auto const json = run_to_json(container); // outside of the lock
    return m_database->transaction(Durability::Lazy, [&](Session& session) {
        auto const& state = container.state;
        session << "UPDATE containers SET run_json = ?, running = ?, exit_code = ?, started_ns = ?, finished_ns = ?,"
                   " run = ?, boot = ? WHERE id = ?",
            bind(json), bind(static_cast<int>(state.running)), bind(state.exit_code),
            bind(static_cast<Poco::Int64>(state.started_ns)), bind(static_cast<Poco::Int64>(state.finished_ns)),
            bind(static_cast<Poco::Int64>(container.run)), bind(container.boot), bind(container.id), now;
    });
}

Result<void> Store::add_link(NameRecord const& link)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) { insert(session, link); });
}

Result<void> Store::remove_link(std::string const& path)
{
    return m_database->transaction(Durability::Durable,
        [&](Session& session) { session << "DELETE FROM names WHERE path = ? AND own = 0", bind(path), now; });
}

Result<void> Store::add_volumes(std::vector<VolumeRecord> const& volumes)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) {
        for (auto const& volume : volumes)
            insert(session, volume);
    });
}

Result<void> Store::remove_volumes(std::vector<std::string> const& ids)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) {
        for (auto const& id : ids)
            session << "DELETE FROM volumes WHERE id = ?", bind(id), now;
    });
}

Result<void> Store::set(std::string const& key, std::string const& value)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) { set_value(session, key, value); });
}

} // namespace staithe::store
