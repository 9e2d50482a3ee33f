#include "daemon/store/database.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/Session.h>

#include <utility>

namespace staithe::store {

namespace {

    using namespace Poco::Data::Keywords;
    namespace sqlite = Poco::Data::SQLite;

    Error from_exception(Poco::Exception const& e)
    {
        staithe_code code = STAITHE_IO;
        if (dynamic_cast<sqlite::CorruptImageException const*>(&e))
            code = STAITHE_CORRUPT;
        else if (dynamic_cast<sqlite::DatabaseFullException const*>(&e))
            code = STAITHE_NO_SPACE;
        else if (e.displayText().find("file is not a database") != std::string::npos)
            code = STAITHE_CORRUPT;
        return { code, 0, "database: " + e.displayText() };
    }

    template <class F> Result<void> caught(F&& f)
    {
        try {
            f();
            return {};
        } catch (Poco::Exception const& e) {
            return from_exception(e);
        }
    }

    void configure(Poco::Data::Session& session)
    {
        std::string answer;
        session << "PRAGMA journal_mode=WAL", into(answer), now;
        session << "PRAGMA synchronous=FULL", now;
        session << "PRAGMA cache_size=-256", now;
        session << "PRAGMA foreign_keys=OFF", now;
        session << "PRAGMA quick_check(1)", into(answer), now;
        if (answer != "ok")
            throw sqlite::CorruptImageException(answer);
    }

} // namespace

Database::Database(std::unique_ptr<Poco::Data::Session> session, std::string const& path)
    : m_late_sync(path + "-wal")
    , m_session(std::move(session))
{
}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(std::string const& path)
{
    std::unique_ptr<Poco::Data::Session> session;
    auto opened = caught([&] {
        sqlite::Connector::registerConnector();
        session = std::make_unique<Poco::Data::Session>(sqlite::Connector::KEY, path);
        configure(*session);
    });
    if (!opened)
        return std::move(opened.error()).with_context("cannot open '" + path + "'");
    return std::unique_ptr<Database>(new Database(std::move(session), path));
}

void Database::use(Durability durability)
{
    if (durability == m_durability)
        return;
    *m_session << (durability == Durability::Durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"), now;
    m_durability = durability;
}

/// A commit whose sync failed lies whole in the log: after a kill the next start would find it, though its caller was
/// told that it failed and has undone the rest. What is written now takes its place.
void Database::bury_failed_commit()
{
    try {
        use(Durability::Lazy);
        int version = 0; // nobody reads it, but it is different each time
        *m_session << "PRAGMA user_version", into(version), now;
        *m_session << "PRAGMA user_version = " + std::to_string((version + 1) & 0xffff), now;
    } catch (Poco::Exception const&) { // then the disk takes nothing at all, and the next start will find what it took
    }
}

Result<void> Database::transaction(Durability durability, std::function<void(Poco::Data::Session&)> const& f)
{
    MutexLock lock(m_mutex);
    auto& session = *m_session;
    bool begun = false, committing = false;
    try {
        use(durability);
        session.begin();
        begun = true;
        f(session);
        committing = true;
        session.commit();
        // A sync takes everything along that was committed before.
        durability == Durability::Durable ? m_late_sync.settle() : m_late_sync.want();
        return {};
    } catch (Poco::Exception const& e) {
        auto error = from_exception(e);
        if (begun)
            (void)caught([&] { session.rollback(); });
        if (committing)
            bury_failed_commit();
        return error;
    }
}

Result<void> Database::read(std::function<void(Poco::Data::Session&)> const& f)
{
    MutexLock lock(m_mutex);
    auto& session = *m_session;
    return caught([&] { f(session); });
}

} // namespace staithe::store
