// One connection to the daemon. Poco's HTTPClientSession is not used because two things are needed that it hides: the
// socket with the bytes already read (attach leaves HTTP), and reading the answer while the body is still being sent
// (import reports progress; a client that does not listen would block the daemon).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "cli/host.hpp"

namespace staithe::cli {

/// What the daemon says before the body.
struct ReplyHead {
    int status = 0;
    bool chunked = false;
    std::optional<uint64_t> length;
};

/// Movable; one thread sends and one may receive at the same time.
class Connection {
public:
    /// The error's code is UNAVAILABLE (DENIED for permissions) and its message names the host and the next step.
    static Result<Connection> open(Host const&);

    Result<void> send(std::string_view);
    /// At least one byte, or 0 at the end.
    Result<size_t> receive(char* into, size_t capacity);
    /// Reads up to the empty line; interim (1xx) answers are passed over.
    Result<ReplyHead> read_head();
    /// One line without its line end.
    Result<std::string> read_line(size_t limit);

    /// Tells the daemon that nothing more will come.
    void half_close();
    int fd() const { return m_socket.get(); }

private:
    explicit Connection(UniqueFd socket)
        : m_socket(std::move(socket))
    {
    }
    Result<void> fill();

    UniqueFd m_socket;
    std::string m_read; // received, not yet given out
    size_t m_given = 0;
};

} // namespace staithe::cli
