#include "cli/body.hpp"

#include <algorithm>
#include <charconv>

namespace staithe::cli {

namespace {

    constexpr size_t line_limit = 8 << 10;

    Error bad_chunk()
    {
        return { STAITHE_CORRUPT, 0, "the daemon's answer is not properly chunked" };
    }

} // namespace

BodyReader::BodyReader(Connection& connection, ReplyHead const& head)
    : m_connection(connection)
    , m_framing(head.chunked ? Framing::Chunked
              : head.length  ? Framing::Length
                             : Framing::UntilClose)
    , m_left(head.length.value_or(0))
{
    if (head.status == 204 || head.status == 304)
        m_framing = Framing::Done;
}

Result<void> BodyReader::next_chunk()
{
    if (std::exchange(m_in_chunk, true) && !STAITHE_TRY(m_connection.read_line(line_limit)).empty())
        return bad_chunk();
    auto const line = STAITHE_TRY(m_connection.read_line(line_limit));
    auto const [end, error] = std::from_chars(line.data(), line.data() + line.size(), m_left, 16);
    if (error != std::errc() || (end != line.data() + line.size() && *end != ';' && *end != ' '))
        return bad_chunk();
    if (m_left > 0)
        return {};
    while (!STAITHE_TRY(m_connection.read_line(line_limit)).empty()) { }
    m_framing = Framing::Done;
    return {};
}

Result<size_t> BodyReader::read(char* into, size_t capacity)
{
    if (m_framing == Framing::UntilClose)
        return m_connection.receive(into, capacity);
    if (m_framing == Framing::Chunked && m_left == 0)
        STAITHE_TRY(next_chunk());
    if (m_framing == Framing::Done || m_left == 0)
        return size_t { 0 };
    auto const want = static_cast<size_t>(std::min<uint64_t>(capacity, m_left));
    size_t const n = STAITHE_TRY(m_connection.receive(into, want));
    if (n == 0)
        return Error { STAITHE_IO, 0, "the daemon closed the connection in the middle of its answer" };
    m_left -= n;
    return n;
}

Result<std::string> BodyReader::read_all(size_t limit)
{
    std::string all;
    char buffer[16 << 10];
    while (size_t const n = STAITHE_TRY(read(buffer, sizeof buffer))) {
        if (all.size() + n > limit)
            return Error { STAITHE_RANGE, 0, "the daemon's answer is too long" };
        all.append(buffer, n);
    }
    return all;
}

} // namespace staithe::cli
