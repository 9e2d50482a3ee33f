#include "daemon/store/loader.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <unordered_map>
#include <utility>

#include "daemon/os/clock.hpp"
#include "daemon/os/file.hpp"
#include "daemon/store/events.hpp"
#include "daemon/store/json.hpp"

namespace staithe::store {

namespace {

    using namespace Poco::Data::Keywords;
    using Poco::Data::Session;
    using Poco::Data::Statement;

    struct Damage {
        std::string kind, id, reason, content;
    };

    /// Steps through a query and calls each() after every row; throws at a damaged page.
    template <class F> void rows(Statement& statement, F&& each)
    {
        while (!statement.done())
            if (statement.execute() > 0)
                each();
    }

    bool is_id(std::string const& id)
    {
        return id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
    }

    /// Of a damaged database, which nobody has brought to today's schema.
    bool has(Session& session, std::string const& table, std::string const& column)
    {
        int count = 0;
        session << "SELECT count(*) FROM pragma_table_info('" + table + "') WHERE name = '" + column + "'", into(count),
            now;
        return count > 0;
    }

    void read_layers(Session& session, Contents& contents, std::vector<Damage>& damages)
    {
        LayerRecord layer;
        Poco::Int64 size = 0;
        std::string const digests = has(session, "layers", "tree_hash") ? "tree_hash, diff_digest" : "'', ''";
        Statement query(session);
        query << "SELECT id, parent, driver, size, " << digests << " FROM layers ORDER BY id", into(layer.id),
            into(layer.parent), into(layer.driver), into(size), into(layer.tree_hash), into(layer.diff_digest),
            range(0, 1);
        rows(query, [&] {
            layer.size = size;
            if (is_id(layer.id))
                contents.layers.push_back(layer);
            else
                damages.push_back({ "layer", layer.id, "its id is not one", layer.driver });
        });
    }

    void read_images(Session& session, Contents& contents, std::vector<Damage>& damages)
    {
        std::string id, layer, json;
        Poco::Int64 created = 0;
        Statement query(session);
        query << "SELECT id, layer, created_ns, json FROM images ORDER BY id", into(id), into(layer), into(created),
            into(json), range(0, 1);
        rows(query, [&] {
            ImageRecord image;
            image.id = id, image.layer = layer, image.created_ns = created;
            auto read = from_json(json, image);
            if (read && is_id(id))
                contents.images.push_back(std::move(image));
            else
                damages.push_back({ "image", id, read ? "its id is not one" : read.error().message, json });
        });
    }

    void read_tags(Session& session, Contents& contents)
    {
        TagRecord tag;
        Statement query(session);
        query << "SELECT repository, tag, image FROM tags ORDER BY repository, tag", into(tag.repository),
            into(tag.tag), into(tag.image), range(0, 1);
        rows(query, [&] { contents.tags.push_back(tag); });
    }

    void read_containers(Session& session, Contents& contents, std::vector<Damage>& damages)
    {
        std::string id, image, json, run_json, boot;
        Poco::Int64 created = 0, started = 0, finished = 0, run = 0;
        int running = 0, exit_code = 0;
        std::string const run_column = has(session, "containers", "run_json") ? "run_json" : "'{}'";
        Statement query(session);
        query << "SELECT id, image, created_ns, json, running, exit_code, started_ns, finished_ns, run, boot, "
              << run_column << " FROM containers ORDER BY id",
            into(id), into(image), into(created), into(json), into(running), into(exit_code), into(started),
            into(finished), into(run), into(boot), into(run_json), range(0, 1);
        rows(query, [&] {
            ContainerRecord container;
            auto read = from_json(json, container);
            if (read)
                read = run_from_json(run_json, container);
            if (!read || !is_id(id)) {
                damages.push_back(
                    { "container", id, read ? "its id is not one" : read.error().message, json + "\n" + run_json });
                return;
            }
            container.id = id, container.image = image, container.created_ns = created, container.boot = boot;
            container.name = "/" + id.substr(0, 12); // until read_names() knows better
            container.state.running = running != 0, container.state.exit_code = exit_code;
            container.state.started_ns = started, container.state.finished_ns = finished;
            container.run = static_cast<uint32_t>(run);
            contents.containers.push_back(std::move(container));
        });
    }

    /// "/web", "/db/alias".
    bool is_path(std::string const& path)
    {
        return path.size() > 1 && path.front() == '/' && path.back() != '/' && path.find("//") == path.npos;
    }

    /// Gives the containers their names; what is left are links.
    void read_names(Session& session, Contents& contents, std::vector<Damage>& damages)
    {
        std::unordered_map<std::string, ContainerRecord*> by_id;
        for (auto& container : contents.containers)
            by_id.emplace(container.id, &container);
        std::set<std::string> named;
        NameRecord name;
        int own = 1;
        std::string const own_column = has(session, "names", "own") ? "own" : "1";
        Statement query(session);
        query << "SELECT path, container, " << own_column << " FROM names ORDER BY path", into(name.path),
            into(name.container), into(own), range(0, 1);
        rows(query, [&] {
            auto const leads_to = by_id.find(name.container);
            if (leads_to == by_id.end())
                damages.push_back({ "name", name.path, "it leads to no container", name.container });
            else if (!is_path(name.path))
                damages.push_back({ "name", name.path, "it is neither a name nor a link", name.container });
            else if (!own)
                contents.links.push_back(name);
            else if (named.insert(name.container).second)
                leads_to->second->name = name.path;
            else
                damages.push_back({ "name", name.path, "its container has another name", name.container });
        });
    }

    void read_volumes(Session& session, Contents& contents, std::vector<Damage>& damages)
    {
        if (!has(session, "volumes", "id"))
            return;
        VolumeRecord volume;
        Poco::Int64 created = 0;
        Statement query(session);
        query << "SELECT id, created_ns FROM volumes ORDER BY id", into(volume.id), into(created), range(0, 1);
        rows(query, [&] {
            volume.created_ns = created;
            if (is_id(volume.id))
                contents.volumes.push_back(volume);
            else
                damages.push_back({ "volume", volume.id, "its id is not one", std::to_string(created) });
        });
    }

    void read_settings(Session& session, Contents& contents)
    {
        if (!has(session, "settings", "key"))
            return;
        std::string key, value;
        Statement query(session);
        query << "SELECT key, value FROM settings", into(key), into(value), range(0, 1);
        rows(query, [&] { contents.settings.emplace(key, value); });
    }

    std::string sentence(Damage const& damage)
    {
        return damage.kind + " '" + damage.id + "' was put aside: " + damage.reason;
    }

    Result<void> quarantine(Database& database, std::vector<Damage> const& damages)
    {
        return database.transaction(Durability::Durable, [&](Session& session) {
            for (auto const& damage : damages) {
                session << "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?)", bind(damage.kind), bind(damage.id),
                    bind(damage.reason), bind(damage.content), bind(static_cast<Poco::Int64>(os::real_time_ns())), now;
                std::string const key = damage.kind == "name" ? "path" : "id";
                if (damage.kind != "layer")
                    session << "DELETE FROM " + damage.kind + "s WHERE " + key + " = ?", bind(damage.id), now;
            }
        });
    }

    template <class F> void saved(char const* table, Contents& contents, F&& read)
    {
        try {
            read();
        } catch (Poco::Exception const& e) {
            contents.damages.push_back(std::string("not all ") + table + " could be saved: " + e.displayText());
        }
    }

} // namespace

Result<void> load(Database& database, Contents& contents)
{
    std::vector<Damage> damages;
    STAITHE_TRY_CONTEXT(database.read([&](Session& session) {
        read_layers(session, contents, damages);
        read_images(session, contents, damages);
        read_tags(session, contents);
        read_containers(session, contents, damages);
        read_names(session, contents, damages);
        read_volumes(session, contents, damages);
        read_settings(session, contents);
    }),
        "cannot read the state");
    for (auto const& damage : damages)
        contents.damages.push_back(sentence(damage));
    return damages.empty() ? Result<void>() : quarantine(database, damages);
}

Result<std::string> set_aside(std::string const& directory)
{
    std::string const from = directory + "/state.db";
    std::string to;
    for (int n = 1; to.empty() || os::exists(to); ++n)
        to = from + ".damaged-" + std::to_string(n);
    if (::rename(from.c_str(), to.c_str()) != 0)
        return errno_error("cannot set '" + from + "' aside");
    for (char const* suffix : { "-wal", "-shm" })
        if (::rename((from + suffix).c_str(), (to + suffix).c_str()) != 0 && errno != ENOENT)
            return errno_error("cannot set '" + from + suffix + "' aside");
    return to;
}

void salvage(std::string const& path, Contents& contents, std::vector<api::Event>& events)
{
    std::vector<Damage> damages;
    try {
        Session session(Poco::Data::SQLite::Connector::KEY, path);
        saved("layers", contents, [&] { read_layers(session, contents, damages); });
        saved("images", contents, [&] { read_images(session, contents, damages); });
        saved("tags", contents, [&] { read_tags(session, contents); });
        saved("containers", contents, [&] { read_containers(session, contents, damages); });
        saved("names", contents, [&] { read_names(session, contents, damages); });
        saved("volumes", contents, [&] { read_volumes(session, contents, damages); });
        saved("settings", contents, [&] { read_settings(session, contents); });
        if (has(session, "events", "cursor"))
            saved("events", contents, [&] { read_all_events(session, events); });
    } catch (Poco::Exception const& e) {
        contents.damages.push_back("nothing of '" + path + "' could be saved: " + e.displayText());
    }
    for (auto const& damage : damages)
        contents.damages.push_back(sentence(damage));
}

} // namespace staithe::store
