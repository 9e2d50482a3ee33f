#include "daemon/store/store.hpp"

#include <Poco/Data/Session.h>

#include <utility>

#include "daemon/os/random.hpp"
#include "daemon/store/json.hpp"
#include "daemon/store/loader.hpp"
#include "daemon/store/schema.hpp"

namespace staithe::store {

namespace {

    using namespace Poco::Data::Keywords;
    using Poco::Data::Session;

    void insert(Session& session, LayerRecord const& layer)
    {
        session << "INSERT INTO layers (id, parent, driver, size) VALUES (?, ?, ?, ?)", bind(layer.id),
            bind(layer.parent), bind(layer.driver), bind(static_cast<Poco::Int64>(layer.size)), now;
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
                   " run, boot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            bind(container.id), bind(container.image), bind(static_cast<Poco::Int64>(container.created_ns)),
            bind(to_json(container)), bind(static_cast<int>(state.running)), bind(state.exit_code),
            bind(static_cast<Poco::Int64>(state.started_ns)), bind(static_cast<Poco::Int64>(state.finished_ns)),
            bind(static_cast<Poco::Int64>(container.run)), bind(container.boot), now;
        session << "INSERT INTO names (path, container) VALUES (?, ?)", bind(container.name), bind(container.id), now;
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
    Result<void> take_over(Database& database, Contents const& contents)
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
    if (damaged) {
        auto const aside = STAITHE_TRY(set_aside(directory));
        contents.damages.push_back(opened.error().message + "; it was set aside as '" + aside + "'");
        salvage(aside, contents);
        opened = Database::open(path);
        if (!opened)
            return std::move(opened.error());
    }
    auto database = std::move(opened).value();
    STAITHE_TRY(migrate(*database));
    auto identity = STAITHE_TRY(read_identity(*database));
    if (damaged)
        STAITHE_TRY_CONTEXT(take_over(*database, contents), "cannot take over what was saved of the damaged database");
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

Result<void> Store::remove_container(ContainerRecord const& container)
{
    return m_database->transaction(Durability::Durable, [&](Session& session) {
        session << "DELETE FROM names WHERE container = ?", bind(container.id), now;
        session << "DELETE FROM containers WHERE id = ?", bind(container.id), now;
        session << "DELETE FROM layers WHERE id = ?", bind(container.id), now;
    });
}

Result<void> Store::save_run(ContainerRecord const& container)
{
    return m_database->transaction(Durability::Lazy, [&](Session& session) {
        auto const& state = container.state;
        session << "UPDATE containers SET json = ?, running = ?, exit_code = ?, started_ns = ?, finished_ns = ?,"
                   " run = ?, boot = ? WHERE id = ?",
            bind(to_json(container)), bind(static_cast<int>(state.running)), bind(state.exit_code),
            bind(static_cast<Poco::Int64>(state.started_ns)), bind(static_cast<Poco::Int64>(state.finished_ns)),
            bind(static_cast<Poco::Int64>(container.run)), bind(container.boot), bind(container.id), now;
    });
}

} // namespace staithe::store
