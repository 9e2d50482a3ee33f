// What the API can ask about what has happened. Implemented by daemon/events; every function is thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <staithe/cpp/result.hpp>

namespace staithe::api {

struct Event {
    uint64_t cursor = 0; ///< grows by one from event to event, also across restarts
    int64_t time_ns = 0; ///< real time
    std::string status; ///< "create", "start", "die" …
    std::string id; ///< 12 digits of a container or image
    std::string from; ///< the image's display name; empty: none
};

class EventService {
public:
    /// Follows as long as it lives. Its destructor returns when no call of the receiver is under way any more; it is
    /// not called from within the receiver.
    class Subscription {
    public:
        virtual ~Subscription() = default;
    };
    /// Called in order, one event at a time; must not block.
    using Receiver = std::function<void(Event const&)>;

    virtual ~EventService() = default;
    /// First, before it returns, what is remembered with a time of at least since_s (Unix seconds; 0: nothing), then
    /// everything that happens, without a gap and without a repetition.
    virtual Result<std::unique_ptr<Subscription>> follow(int64_t since_s, Receiver) = 0;
};

} // namespace staithe::api
