// One who follows the journal.
#pragma once

#include <atomic>
#include <utility>

#include "daemon/events/journal.hpp"

namespace staithe::events {

class Journal::Follower final : public Subscription {
public:
    Follower(Journal& journal, Receiver to)
        : receiver(std::move(to))
        , m_journal(journal)
    {
    }
    ~Follower() override { m_journal.leave(*this); }
    Follower(Follower const&) = delete;
    Follower& operator=(Follower const&) = delete;

    Receiver const receiver;
    std::atomic<bool> gone = false;
    // Both belong to the journal's mutex:
    uint64_t told = 0; ///< cursor of the last event that it was, or is being, told
    bool busy = false; ///< somebody is telling it something

private:
    Journal& m_journal;
};

} // namespace staithe::events
