// How a handler answers. Exactly one of send(), stream(), defer() and hijack() is called per request; a handler that
// calls none of them has answered 200 with an empty body.
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
    /// Writes `head` (status line and headers, as the caller wants them, with the empty line) and gives the connection
    /// away. Fails if the client is gone.
    virtual Result<Hijacked> hijack(std::string_view head) = 0;
    /// Did anything leave already?
    virtual bool answered() const = 0;
};

} // namespace staithe::http
