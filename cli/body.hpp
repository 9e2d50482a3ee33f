// The body of one answer, whatever its framing; a body that was cut is an error and never looks complete.
#pragma once

#include "cli/connection.hpp"

namespace staithe::cli {

class BodyReader {
public:
    /// Borrows the connection.
    BodyReader(Connection&, ReplyHead const&);
    /// At least one byte, or 0 at the proper end.
    Result<size_t> read(char* into, size_t capacity);
    /// All of it; RANGE when it is longer than limit.
    Result<std::string> read_all(size_t limit);

private:
    enum class Framing { Length, Chunked, UntilClose, Done };
    Result<void> next_chunk();

    Connection& m_connection;
    Framing m_framing;
    uint64_t m_left = 0; // of the body, or of the chunk
    bool m_in_chunk = false;
};

} // namespace staithe::cli
