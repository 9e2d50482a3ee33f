// The body of the message a worker has: first what the gate read, then the socket.
#pragma once

#include <staithe/cpp/stream.hpp>

#include "api/http/connection.hpp"

namespace staithe::http {

/// A short, malformed or slow body is an Error, and stays one. [worker-thread]
class MessageBody final : public Source {
public:
    explicit MessageBody(Connection& connection)
        : m_connection(connection)
    {
    }
    Result<size_t> read(void* into, size_t capacity) override;
    uint64_t size() const override;
    /// Throws away what is left as far as it has arrived (at most 1 MiB); true when the message is complete.
    bool drain();

private:
    Result<void> refill(size_t capacity);
    Result<void> receive(Clock::time_point deadline);
    Error fail(Error);

    Connection& m_connection;
    size_t m_given = 0; // of m_connection.body
    std::optional<Error> m_error;
};

} // namespace staithe::http
