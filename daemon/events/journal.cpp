#include "daemon/events/journal.hpp"

#include <algorithm>
#include <utility>

#include "daemon/events/follower.hpp"
#include "daemon/os/clock.hpp"

namespace staithe::events {

namespace {
    constexpr size_t id_digits = 12;
    constexpr size_t written_at_once = 4096;
    constexpr std::chrono::seconds pause_after_failure { 1 };
} // namespace

Journal::Journal(store::Store& store, os::Log& log, uint64_t last)
    : m_store(store)
    , m_log(log)
    , m_last(last)
    , m_written(last)
    , m_writer([this] { write(); })
    , m_teller([this] { tell(); })
{
}

Result<std::unique_ptr<Journal>> Journal::create(store::Store& store, os::Log& log)
{
    auto const last = STAITHE_TRY(store.last_event());
    return std::unique_ptr<Journal>(new Journal(store, log, last));
}

Journal::~Journal()
{
    {
        MutexLock lock(m_mutex);
        m_stopping = true;
        m_ending.notify_all();
    }
    m_teller.stop();
    m_writer.stop();
    write();
}

void Journal::record(std::string_view status, std::string_view id, std::string_view from)
{
    api::Event event { 0, 0, std::string(status), std::string(id.substr(0, id_digits)), std::string(from) };
    MutexLock lock(m_mutex);
    event.cursor = ++m_last;
    event.time_ns = os::real_time_ns();
    m_recent.push_back(std::move(event));
    bool const somebody_follows = !m_followers.empty();
    if (m_recent.size() > history)
        forget();
    lock.unlock();
    (void)m_writer.wake(); // without a thread now it is the next event's to wake it, or the end's
    if (somebody_follows)
        (void)m_teller.wake();
}

/// The writer's work.
void Journal::write()
{
    MutexLock lock(m_mutex);
    while (m_last != m_written) {
        if (!m_stopping)
            (void)m_ending.wait_for(
                m_mutex, m_failing ? std::chrono::nanoseconds(pause_after_failure) : std::chrono::nanoseconds(delay));
        auto events = after(m_written);
        if (events.size() > written_at_once)
            events.resize(written_at_once);
        lock.unlock();
        auto const written = m_store.add_events(events, history);
        lock.lock();
        note_written(written, events.back().cursor);
        if (!written && m_stopping)
            return;
    }
}

void Journal::note_written(Result<void> const& written, uint64_t last)
{
    if (!written && !m_failing)
        m_log.error("cannot write events, trying again: " + written.error().message);
    if (written && m_failing)
        m_log.info("events are being written again");
    m_failing = !written;
    if (written)
        m_written = last;
    forget();
}

std::vector<api::Event> Journal::after(uint64_t cursor) const
{
    auto const first =
        std::find_if(m_recent.begin(), m_recent.end(), [&](api::Event const& event) { return event.cursor > cursor; });
    return { first, m_recent.end() };
}

void Journal::forget()
{
    uint64_t needed_after = m_written;
    for (auto const* follower : m_followers)
        needed_after = std::min(needed_after, follower->told);
    while (!m_recent.empty() && (m_recent.front().cursor <= needed_after || m_recent.size() > history))
        m_recent.pop_front();
}

} // namespace staithe::events
