// One accepted connection and the message on it.
//
// The gate's thread owns every connection. While a worker handles a message (State::Lent) the gate leaves the object
// alone, except for the members marked so; the worker gives it back through the Mailbox.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <staithe/cpp/unique_fd.hpp>

#include "api/http/body_decoder.hpp"
#include "api/http/head.hpp"
#include "api/http/router.hpp"
#include "api/http/settings.hpp"
#include "api/http/target.hpp"

namespace staithe::http {

class DeferredCore;
class FeedCore;
class WebSocketPump;

struct Connection {
    enum class State {
        Head, ///< between messages, or a head is coming in
        Body, ///< the gate reads the body
        Lent, ///< a worker has it
        Parked, ///< a Deferred will answer
        Fed, ///< a Feed writes the body
        Pumped, ///< it has become a WebSocket
        Writing, ///< the reply leaves as fast as the client takes it
        Lingering ///< the reply is out and our side shut; what still comes in is thrown away
    };
    enum class After { KeepAlive, Linger, Drop, Park, Feed, Pump, Hijacked };

    uint64_t id = 0;
    UniqueFd socket; ///< non-blocking, always; the number may be read by anyone while the connection exists
    Listener listener = Listener::Unix;
    bool loopback_peer = true;

    State state = State::Head;
    Clock::time_point deadline;
    std::string input; ///< received and not yet used
    bool ended = false; ///< the client has shut its side

    HeadParser parser;
    Target target;
    Router::Match match;
    SettingsPtr settings;
    BodyDecoder decoder;
    std::string body; ///< content read so far and not yet given to the handler
    size_t read_ahead = 0; ///< what this body adds to the gate's account
    bool body_failed = false;

    std::string output; ///< reply bytes that did not leave at once
    size_t output_sent = 0;
    After after = After::KeepAlive;
    std::shared_ptr<DeferredCore> deferred; ///< shared with whoever will answer
    std::shared_ptr<FeedCore> feed; ///< shared with whoever writes
    std::unique_ptr<WebSocketPump> pump;
    bool half_closed = false; ///< while fed: the client has shut its side, which is not waited for again

    std::atomic<bool> hijacked { false }; ///< [any-thread] a stop must not shut the socket any more

    Connection();
    ~Connection();
    Head const& head() const { return parser.head(); }
    /// Can another message follow, when the reply to this one has a known end?
    bool is_reusable() const { return head().keep_alive && decoder.done() && !body_failed && !match.route->hijacks; }
    void begin_next_message();
};

} // namespace staithe::http
