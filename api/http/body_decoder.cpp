#include "api/http/body_decoder.hpp"

#include <algorithm>
#include <limits>

#include <staithe/cpp/stream.hpp>

#include "api/http/hex.hpp"

namespace staithe::http {

namespace {

    constexpr size_t chunk_line_limit = 256, trailer_limit = 8192;

    Error malformed(std::string_view what)
    {
        return { STAITHE_INVALID, 0, "malformed request body: " + std::string(what) };
    }

    void skip_blank(std::string_view& s)
    {
        while (!s.empty() && (s.front() == ' ' || s.front() == '\t'))
            s.remove_prefix(1);
    }

    bool skip_token(std::string_view& s)
    {
        size_t size = 0;
        while (size < s.size() && is_token(s.substr(size, 1)))
            ++size;
        s.remove_prefix(size);
        return size > 0;
    }

    bool skip_quoted(std::string_view& s)
    {
        for (size_t i = 1; i < s.size(); ++i) {
            auto const c = static_cast<unsigned char>(s[i]);
            if (c == '"') {
                s.remove_prefix(i + 1);
                return true;
            }
            if ((c < 0x20 && c != '\t') || c == 0x7f || (c == '\\' && ++i == s.size()))
                return false;
        }
        return false;
    }

    /// *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
    bool are_extensions(std::string_view s)
    {
        while (!s.empty()) {
            skip_blank(s);
            if (s.empty() || s.front() != ';')
                return false;
            s.remove_prefix(1);
            skip_blank(s);
            if (!skip_token(s))
                return false;
            std::string_view value = s;
            skip_blank(value);
            if (value.empty() || value.front() != '=')
                continue;
            value.remove_prefix(1);
            skip_blank(value);
            if (value.empty() || !(value.front() == '"' ? skip_quoted(value) : skip_token(value)))
                return false;
            s = value;
        }
        return true;
    }

} // namespace

std::optional<uint64_t> parse_chunk_line(std::string_view line)
{
    uint64_t size = 0;
    size_t digits = 0;
    for (; digits < line.size() && hex_value(line[digits]) >= 0; ++digits)
        size = size * 16 + static_cast<uint64_t>(hex_value(line[digits]));
    if (digits == 0 || digits > 15 || !are_extensions(line.substr(digits)))
        return {};
    return size;
}

BodyDecoder::BodyDecoder(Head const& head)
    : m_chunked(head.framing == Framing::Chunked)
    , m_left(head.length)
{
    if (m_chunked)
        m_state = State::Size;
    else if (m_left)
        m_state = State::Data;
}

uint64_t BodyDecoder::remaining() const
{
    return m_chunked && m_state != State::Done ? Source::unknown_size : m_left;
}

size_t BodyDecoder::take_data(std::string_view input, std::string& out, size_t capacity)
{
    size_t const size = static_cast<size_t>(std::min<uint64_t>(m_left, std::min(input.size(), capacity)));
    out.append(input.substr(0, size));
    m_left -= size;
    if (m_left == 0)
        m_state = m_chunked ? State::DataEnd : State::Done;
    return size;
}

Result<bool> BodyDecoder::take_line(std::string_view input, size_t& used, size_t limit)
{
    while (used < input.size()) {
        char const c = input[used++];
        bool const after_cr = !m_line.empty() && m_line.back() == '\r';
        if (after_cr != (c == '\n'))
            return malformed("a line must end with CR LF");
        if (c == '\n') {
            m_line.pop_back();
            return true;
        }
        if (m_line.size() >= limit)
            return malformed("a line is too long");
        m_line.push_back(c);
    }
    return false;
}

Result<void> BodyDecoder::take_size()
{
    auto const size = parse_chunk_line(m_line);
    if (!size)
        return malformed("bad chunk size");
    m_left = *size;
    m_state = m_left ? State::Data : State::Trailer;
    return {};
}

Result<void> BodyDecoder::take_trailer()
{
    if (m_line.empty()) {
        m_state = State::Done;
        return {};
    }
    m_trailer_bytes += m_line.size();
    auto const field = parse_field_line(m_line);
    if (!field || m_trailer_bytes > trailer_limit)
        return malformed("bad trailer");
    // RFC 9110 §6.5.1: what decides framing or routing has no place in a trailer.
    if (field->first == "content-length" || field->first == "transfer-encoding" || field->first == "host")
        return malformed("forbidden trailer");
    return {};
}

Result<size_t> BodyDecoder::decode(std::string_view input, std::string& out, size_t capacity)
{
    size_t used = 0;
    size_t const begin = out.size();
    while (!done() && used < input.size()) {
        if (m_state == State::Data) {
            if (out.size() - begin == capacity)
                break;
            used += take_data(input.substr(used), out, capacity - (out.size() - begin));
            continue;
        }
        // The CRLF after a chunk is a line that must be empty.
        size_t const limit = m_state == State::DataEnd ? 1 : m_state == State::Size ? chunk_line_limit : trailer_limit;
        if (!STAITHE_TRY(take_line(input, used, limit)))
            break;
        if (m_state == State::Size) {
            STAITHE_TRY(take_size());
        } else if (m_state == State::Trailer) {
            STAITHE_TRY(take_trailer());
        } else if (m_line.empty()) {
            m_state = State::Size;
        } else {
            return malformed("a chunk is longer than its size");
        }
        m_line.clear();
    }
    return used;
}

} // namespace staithe::http
