// How a handler answers. Exactly one of send(), stream(), defer(), feed(), websocket() and hijack() succeeds per
// request; a handler that calls none of them has answered 200 with an empty body.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <staithe/cpp/stream.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::http {

struct Reply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8"; ///< always sent, as daemons of the time did
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// A reply that is given later, from any thread; until then the connection is parked and costs no thread. Dropping the
/// last reference without send() closes the connection.
class Deferred {
public:
    virtual ~Deferred() = default;
    virtual void send(Reply) = 0; // [any-thread], once
    /// Runs f, from the gate's thread, when the client closes first. [any-thread]
    virtual void on_client_gone(std::function<void()> f) = 0;
};

/// A reply whose body is written bit by bit from any thread, while the connection is parked and costs no thread. The
/// head leaves at once. Dropping the last reference ends the body properly, and the connection goes on where HTTP
/// allows it. A server that stops cuts the body; a Feed may outlive it.
class Feed {
public:
    virtual ~Feed() = default;
    /// Sends one chunk. Never blocks; false: the client is gone, or left 4 MiB lying and was cut off; what is written
    /// before the handler returns does not count. [any-thread]
    virtual bool write(std::string_view chunk) = 0;
    /// Runs f, from the gate's thread, when the client closes first, is cut off, or the server stops; at once if that
    /// has been. What f owns lives until then, or as long as the Feed. [any-thread]
    virtual void on_client_gone(std::function<void()> f) = 0;
};

/// A connection that has left HTTP: the socket (non-blocking state unspecified), and what was already read from it.
struct Hijacked {
    UniqueFd socket;
    std::string early;
};

class Responder {
public:
    virtual ~Responder() = default;
    virtual void send(Reply) = 0;
    /// Sends the head and gives a sink for the body: each write is one chunk, sent at once. destroying the sink ends
    /// the body properly; abort() closes the connection without the last chunk, so that the client sees a cut.
    class Stream : public Sink {
    public:
        virtual void abort() = 0;
    };
    virtual std::unique_ptr<Stream> stream(int status, std::string_view content_type) = 0;
    /// Parks the connection until the reply is given. shared: the giver and the gate hold it.
    virtual std::shared_ptr<Deferred> defer() = 0;
    /// Sends the head and parks the connection; see Feed. shared: the giver and the gate hold it.
    virtual std::shared_ptr<Feed> feed(int status, std::string_view content_type) = 0;
    /// Answers a WebSocket handshake (RFC 6455) and gives a byte stream in place of the connection; the gate's thread
    /// pumps. The payloads of text and binary messages (each ≤ 1 MiB) arrive on the socket as they come; its end means
    /// that the client has closed. What is written to it leaves as text frames: a character is never cut, and what is
    /// no UTF-8 becomes U+FFFD, because no client would accept it as text. Closing or half-closing it ends the
    /// connection with 1000 after what was written; a stop of the server with 1001.
    ///
    /// INVALID and DENIED: no proper handshake, or one without an Origin; the caller answers with that, unless
    /// answered() says that it has been: another version of the protocol gets its 426 here.
    virtual Result<Hijacked> websocket() = 0;
    /// Writes `head` (status line and headers, as the caller wants them, with the empty line) and gives the connection
    /// away. Fails if the client is gone.
    virtual Result<Hijacked> hijack(std::string_view head) = 0;
    /// Did anything leave already?
    virtual bool answered() const = 0;
};

} // namespace staithe::http
