#include "daemon/store/schema.hpp"

#include <Poco/Data/Session.h>

#include <vector>

#include "daemon/os/clock.hpp"

namespace staithe::store {

namespace {

    using namespace Poco::Data::Keywords;
    using Step = std::vector<char const*>;

    /// Step n leads from version n to n + 1. A step that was released is never changed.
    std::vector<Step> const& steps()
    {
        static std::vector<Step> const all {
            {
                "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
                "CREATE TABLE layers (id TEXT PRIMARY KEY, parent TEXT NOT NULL, driver TEXT NOT NULL,"
                " size INTEGER NOT NULL)",
                "CREATE TABLE images (id TEXT PRIMARY KEY, layer TEXT NOT NULL, created_ns INTEGER NOT NULL,"
                " json TEXT NOT NULL)",
                "CREATE TABLE tags (repository TEXT NOT NULL, tag TEXT NOT NULL, image TEXT NOT NULL,"
                " PRIMARY KEY (repository, tag))",
                "CREATE TABLE containers (id TEXT PRIMARY KEY, image TEXT NOT NULL, created_ns INTEGER NOT NULL,"
                " json TEXT NOT NULL, running INTEGER NOT NULL, exit_code INTEGER NOT NULL, started_ns INTEGER NOT "
                "NULL,"
                " finished_ns INTEGER NOT NULL, run INTEGER NOT NULL, boot TEXT NOT NULL)",
                "CREATE TABLE names (path TEXT PRIMARY KEY, container TEXT NOT NULL)",
                "CREATE TABLE quarantine (kind TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL,"
                " content TEXT NOT NULL, moved_ns INTEGER NOT NULL)",
            },
            {
                "ALTER TABLE containers ADD COLUMN run_json TEXT NOT NULL DEFAULT '{}'",
                "ALTER TABLE names ADD COLUMN own INTEGER NOT NULL DEFAULT 1",
                "CREATE INDEX names_by_container ON names (container)",
                "CREATE TABLE volumes (id TEXT PRIMARY KEY, created_ns INTEGER NOT NULL)",
                "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
                "CREATE TABLE events (cursor INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, status TEXT NOT NULL,"
                " id TEXT NOT NULL, origin TEXT NOT NULL)",
            },
            {
                "ALTER TABLE layers ADD COLUMN tree_hash TEXT NOT NULL DEFAULT ''",
                "ALTER TABLE layers ADD COLUMN diff_digest TEXT NOT NULL DEFAULT ''",
            },
        };
        return all;
    }

    Result<int> current(Database& database)
    {
        int version = 0;
        STAITHE_TRY(database.transaction(Durability::Lazy, [&](Poco::Data::Session& session) {
            session << "CREATE TABLE IF NOT EXISTS schema (version INTEGER PRIMARY KEY, applied_ns INTEGER NOT NULL)",
                now;
            session << "SELECT ifnull(max(version), 0) FROM schema", into(version), now;
        }));
        return version;
    }

} // namespace

int newest_schema()
{
    return static_cast<int>(steps().size());
}

Result<void> migrate(Database& database)
{
    int const found = STAITHE_TRY(current(database));
    if (found > newest_schema())
        return Error { STAITHE_UNSUPPORTED, 0,
            "the state was written by a younger staithed (schema " + std::to_string(found) + ", this one knows "
                + std::to_string(newest_schema()) + ")" };
    for (int version = found; version < newest_schema(); ++version) {
        STAITHE_TRY_CONTEXT(database.transaction(Durability::Durable,
                                [&](Poco::Data::Session& session) {
                                    for (char const* statement : steps()[static_cast<size_t>(version)])
                                        session << statement, now;
                                    int applied = version + 1;
                                    Poco::Int64 when = os::real_time_ns();
                                    session << "INSERT INTO schema VALUES (?, ?)", use(applied), use(when), now;
                                }),
            "cannot migrate to schema " + std::to_string(version + 1));
    }
    return {};
}

} // namespace staithe::store
