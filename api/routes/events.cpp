// What has happened and what happens: a reply without an end, which costs no thread.
#include <cstdint>
#include <map>

#include <staithe/cpp/mutex.hpp>

#include "api/routes/parameters.hpp"
#include "api/routes/reply.hpp"
#include "api/routes/routes.hpp"
#include "api/versions/resources.hpp"
#include "api/wire/event.hpp"

namespace staithe::routes {

namespace {

    using http::Feed;

    /// One client: takes events from any thread; one event is one write, hence one chunk. What comes before the reply's
    /// head waits, so that a history that cannot be read is still a proper error.
    class Listener {
    public:
        explicit Listener(wire::FieldSet fields)
            : m_fields(fields)
        {
        }
        Listener(Listener const&) = delete;

        Result<void> follow(api::EventService& events, int64_t since_s)
        {
            m_subscription = STAITHE_TRY(events.follow(since_s, [this](api::Event const& event) { take(event); }));
            return {};
        }

        void open(std::shared_ptr<Feed> feed) EXCLUDES(m_mutex)
        {
            MutexLock lock(m_mutex);
            m_feed = std::move(feed);
            for (auto const& chunk : m_waiting)
                send(chunk);
            m_waiting = {};
        }

    private:
        void take(api::Event const& event) EXCLUDES(m_mutex)
        {
            auto chunk = wire::encode_event(event, m_fields);
            MutexLock lock(m_mutex);
            m_feed ? send(chunk) : m_waiting.push_back(std::move(chunk));
        }

        /// A client that is gone, or was given up, gets no more; the gate tells that it is gone.
        void send(std::string const& chunk) REQUIRES(m_mutex)
        {
            if (!m_lost)
                m_lost = !m_feed->write(chunk);
        }

        wire::FieldSet const m_fields;
        Mutex m_mutex;
        std::shared_ptr<Feed> m_feed GUARDED_BY(m_mutex); // shared: the gate holds it too
        std::vector<std::string> m_waiting GUARDED_BY(m_mutex);
        bool m_lost GUARDED_BY(m_mutex) = false;
        std::unique_ptr<api::EventService::Subscription> m_subscription; // last: ends before what it writes to
    };

    /// Every client that listens; with it, at the end of the router, go those who still do.
    class Audience {
    public:
        uint64_t add(std::unique_ptr<Listener> listener) EXCLUDES(m_mutex)
        {
            MutexLock lock(m_mutex);
            m_listeners.emplace(++m_last, std::move(listener));
            return m_last;
        }
        /// Ends the subscription outside the lock: that waits for an event under way.
        void remove(uint64_t id) EXCLUDES(m_mutex)
        {
            std::unique_ptr<Listener> gone;
            MutexLock lock(m_mutex);
            auto const found = m_listeners.find(id);
            if (found == m_listeners.end())
                return;
            gone = std::move(found->second);
            m_listeners.erase(found);
        }

    private:
        Mutex m_mutex;
        uint64_t m_last GUARDED_BY(m_mutex) = 0;
        std::map<uint64_t, std::unique_ptr<Listener>> m_listeners GUARDED_BY(m_mutex);
    };

    void listen(api::EventService& events, std::shared_ptr<Audience> const& audience, http::Request& request,
        http::Responder& responder)
    {
        auto listener = std::make_unique<Listener>(versions::event(request.version));
        if (auto const followed = listener->follow(events, lenient_integer(request, "since").value_or(0)); !followed)
            return responder.send(error_reply(followed.error()));
        auto const feed = responder.feed(200, "application/json");
        listener->open(feed);
        auto const id = audience->add(std::move(listener));
        // weak: the gate may forget us later than the router does.
        feed->on_client_gone([weak = std::weak_ptr(audience), id] {
            if (auto const still = weak.lock())
                still->remove(id);
        });
    }

} // namespace

void add_event_routes(http::Router& router, api::EventService& events)
{
    // shared: handlers are copied, and clients leave when they like.
    auto const audience = std::make_shared<Audience>();
    router.add({ "GET", "/events", [&events, audience](http::Request& request, http::Responder& responder) {
                    listen(events, audience, request, responder);
                } });
}

} // namespace staithe::routes
