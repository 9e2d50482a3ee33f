// Following. A new follower is told the past by its own thread: what the store had at one moment, then what was not
// written at that moment; what happens from then on is the teller's. So nothing is missed and nothing told twice.
#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/events/follower.hpp"
#include "daemon/events/journal.hpp"

namespace staithe::events {

namespace {

    constexpr int64_t second_ns = 1'000'000'000;

    int64_t to_ns(int64_t since_s)
    {
        constexpr int64_t most = std::numeric_limits<int64_t>::max() / second_ns;
        return std::min(since_s, most) * second_ns;
    }

} // namespace

Result<std::unique_ptr<api::EventService::Subscription>> Journal::follow(int64_t since_s, Receiver receiver)
{
    auto follower = std::make_unique<Follower>(*this, std::move(receiver));
    uint64_t written = 0;
    std::vector<api::Event> unwritten;
    {
        MutexLock lock(m_mutex);
        written = m_written;
        if (since_s > 0)
            unwritten = after(written);
        follower->told = m_last;
        follower->busy = since_s > 0;
        m_followers.insert(follower.get());
    }
    if (since_s <= 0)
        return std::unique_ptr<Subscription>(std::move(follower));
    int64_t const since_ns = to_ns(since_s);
    auto read = m_store.read_events(since_ns, [&](api::Event const& event) {
        if (event.cursor > written)
            return false;
        follower->receiver(event);
        return true;
    });
    if (read)
        for (auto const& event : unwritten)
            if (event.time_ns >= since_ns)
                follower->receiver(event);
    {
        MutexLock lock(m_mutex);
        follower->busy = false;
    }
    (void)m_teller.wake();
    if (!read)
        return std::move(read.error()).with_context("cannot read the journal");
    return std::unique_ptr<Subscription>(std::move(follower));
}

size_t Journal::followers() const
{
    MutexLock lock(m_mutex);
    return m_followers.size();
}

void Journal::leave(Follower& follower)
{
    follower.gone = true;
    MutexLock lock(m_mutex);
    m_followers.erase(&follower);
    while (follower.busy)
        m_told.wait(m_mutex);
    forget();
}

/// The one that waits for the oldest event, so that none is forgotten over the others.
Journal::Follower* Journal::next_to_tell()
{
    Follower* next = nullptr;
    for (auto* follower : m_followers)
        if (!follower->busy && follower->told < m_last && (!next || follower->told < next->told))
            next = follower;
    return next;
}

/// The teller's work.
void Journal::tell()
{
    MutexLock lock(m_mutex);
    while (!m_stopping) {
        auto* const follower = next_to_tell();
        if (!follower)
            return;
        auto const events = after(follower->told);
        follower->told = m_last;
        follower->busy = true;
        lock.unlock();
        for (auto const& event : events)
            if (!follower->gone)
                follower->receiver(event);
        lock.lock();
        follower->busy = false; // from here on it may be gone
        m_told.notify_all();
        forget();
    }
}

} // namespace staithe::events
