// The journal of what happened, kept in the store, and those who follow it.
//
// record() only appends in memory, and two threads do the rest: one writes to the store, at most `delay` after an event
// happened and many at a time, since containers that come and go should not wait for their own history; the other one
// tells the followers. A kill -9 of the daemon loses the events of the last `delay`; a power cut, as with everything
// lazy in the store, those of the last second.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/worker.hpp>

#include "api/services/event_service.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"

namespace staithe::events {

/// Thread-safe.
class Journal final : public api::EventService {
public:
    static constexpr uint64_t history = 65536; ///< events that are remembered
    static constexpr std::chrono::milliseconds delay { 10 };

    static Result<std::unique_ptr<Journal>> create(store::Store&, os::Log&);
    /// Writes what is not written yet. All subscriptions are gone by then.
    ~Journal() override;
    Journal(Journal const&) = delete;
    Journal& operator=(Journal const&) = delete;

    /// It happened now. id: shortened to 12 digits. Never blocks for a follower's sake, nor for the disk's.
    void record(std::string_view status, std::string_view id, std::string_view from) EXCLUDES(m_mutex);

    /// A receiver that falls more than `history` events behind misses the oldest of them. [any-thread, but not from
    /// within a receiver]
    Result<std::unique_ptr<Subscription>> follow(int64_t since_s, Receiver) override EXCLUDES(m_mutex);
    size_t followers() const EXCLUDES(m_mutex);

private:
    class Follower;

    Journal(store::Store&, os::Log&, uint64_t last);
    void write() EXCLUDES(m_mutex);
    void note_written(Result<void> const&, uint64_t last) REQUIRES(m_mutex);
    void tell() EXCLUDES(m_mutex);
    Follower* next_to_tell() REQUIRES(m_mutex);
    void leave(Follower&) EXCLUDES(m_mutex);
    /// Those of m_recent that are younger.
    std::vector<api::Event> after(uint64_t cursor) const REQUIRES(m_mutex);
    void forget() REQUIRES(m_mutex);

    store::Store& m_store;
    os::Log& m_log;
    mutable Mutex m_mutex;
    CondVar m_ending, m_told;
    /// The youngest events, without a hole: what is not written yet or not told to every follower.
    std::deque<api::Event> m_recent GUARDED_BY(m_mutex);
    uint64_t m_last GUARDED_BY(m_mutex); ///< cursor of the youngest event
    uint64_t m_written GUARDED_BY(m_mutex); ///< cursor of the youngest one in the store
    bool m_failing GUARDED_BY(m_mutex) = false; ///< the last attempt to write failed
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::set<Follower*> m_followers GUARDED_BY(m_mutex);
    Worker m_writer, m_teller;
};

} // namespace staithe::events
