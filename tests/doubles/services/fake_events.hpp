// An EventService whose events a test makes.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/services/event_service.hpp"

namespace staithe::doubles {

class FakeEvents final : public api::EventService {
public:
    std::optional<Error> error; ///< what follow fails with
    int64_t since_s = -1; ///< of the last follow
    std::vector<api::Event> history; ///< what a follower is told first, whatever its since

    Result<std::unique_ptr<Subscription>> follow(int64_t since, Receiver receiver) override
    {
        since_s = since;
        if (error)
            return *error;
        for (auto const& event : history)
            receiver(event);
        m_receivers.emplace(++m_last, std::move(receiver));
        return std::unique_ptr<Subscription>(std::make_unique<Ticket>(*this, m_last));
    }
    void happen(api::Event const& event)
    {
        for (auto const& [ticket, receiver] : m_receivers)
            receiver(event);
    }
    size_t followers() const { return m_receivers.size(); }

private:
    class Ticket final : public Subscription {
    public:
        Ticket(FakeEvents& events, int number)
            : m_events(events)
            , m_number(number)
        {
        }
        ~Ticket() override { m_events.m_receivers.erase(m_number); }

    private:
        FakeEvents& m_events;
        int const m_number;
    };

    std::map<int, Receiver> m_receivers;
    int m_last = 0;
};

} // namespace staithe::doubles
