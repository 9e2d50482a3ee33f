// The journal's table. Everything is addressed by the cursor, which is the table's own key: no index is kept up to date
// on the way of a container for the sake of the few who ask for history.
#include "daemon/store/events.hpp"

#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <algorithm>

#include "daemon/store/store.hpp"

namespace staithe::store {

namespace {

    using namespace Poco::Data::Keywords;
    using Poco::Data::Session;
    using Poco::Data::Statement;

    /// Others may use the database between two of these.
    constexpr Poco::Int64 read_at_once = 1024;

    /// The oldest are taken away whenever this part of the history is new.
    constexpr uint64_t parts = 16;

    void forget(Session& session, api::Event const& first, api::Event const& last, uint64_t keep)
    {
        uint64_t const part = std::max<uint64_t>(keep / parts, 1);
        if (last.cursor <= keep || (first.cursor - 1) / part == last.cursor / part)
            return;
        session << "DELETE FROM events WHERE cursor <= ?", bind(static_cast<Poco::Int64>(last.cursor - keep)), now;
    }

    /// The next ones after `after`, which moves on; false: there are none.
    bool read_some(Session& session, Poco::Int64& after, int64_t since_ns, std::vector<api::Event>& events)
    {
        Poco::Int64 const from = after;
        session << "SELECT ifnull(max(cursor), ?) FROM (SELECT cursor FROM events WHERE cursor > ?"
                   " ORDER BY cursor LIMIT ?)",
            bind(from), bind(from), bind(read_at_once), into(after), now;
        api::Event event;
        Poco::Int64 cursor = 0, time = 0;
        Statement query(session);
        query << "SELECT cursor, time_ns, status, id, origin FROM events"
                 " WHERE cursor > ? AND cursor <= ? AND time_ns >= ? ORDER BY cursor",
            bind(from), bind(after), bind(static_cast<Poco::Int64>(since_ns)), into(cursor), into(time),
            into(event.status), into(event.id), into(event.from), range(0, 1);
        while (!query.done())
            if (query.execute() > 0) {
                event.cursor = static_cast<uint64_t>(cursor), event.time_ns = time;
                events.push_back(event);
            }
        return after != from;
    }

} // namespace

void insert_events(Session& session, std::vector<api::Event> const& events)
{
    if (events.empty())
        return;
    std::vector<Poco::Int64> cursors, times;
    std::vector<std::string> statuses, ids, origins;
    for (auto const& event : events) {
        cursors.push_back(static_cast<Poco::Int64>(event.cursor)), times.push_back(event.time_ns);
        statuses.push_back(event.status), ids.push_back(event.id), origins.push_back(event.from);
    }
    session << "INSERT INTO events (cursor, time_ns, status, id, origin) VALUES (?, ?, ?, ?, ?)", use(cursors),
        use(times), use(statuses), use(ids), use(origins), now;
}

void read_all_events(Session& session, std::vector<api::Event>& events)
{
    for (Poco::Int64 after = 0; read_some(session, after, 0, events);) { }
}

Result<void> Store::add_events(std::vector<api::Event> const& events, uint64_t keep)
{
    if (events.empty())
        return {};
    return m_database->transaction(Durability::Lazy, [&](Session& session) {
        insert_events(session, events);
        forget(session, events.front(), events.back(), keep);
    });
}

Result<void> Store::read_events(int64_t since_ns, std::function<bool(api::Event const&)> const& receiver)
{
    Poco::Int64 after = 0;
    for (bool more = true; more;) {
        std::vector<api::Event> events;
        STAITHE_TRY(m_database->read([&](Session& session) { more = read_some(session, after, since_ns, events); }));
        for (auto const& event : events)
            if (!receiver(event))
                return {};
    }
    return {};
}

Result<uint64_t> Store::last_event()
{
    Poco::Int64 last = 0;
    STAITHE_TRY(m_database->read(
        [&](Session& session) { session << "SELECT ifnull(max(cursor), 0) FROM events", into(last), now; }));
    return static_cast<uint64_t>(last);
}

} // namespace staithe::store
