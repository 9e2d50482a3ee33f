#include "api/http/websocket_frame.hpp"

#include <algorithm>
#include <cstring>

namespace staithe::http {

namespace {

    constexpr unsigned char final_bit = 0x80, reserved_bits = 0x70, opcode_bits = 0x0f, mask_bit = 0x80;
    constexpr size_t short_length = 125, marks_16_bits = 126, marks_64_bits = 127;

    /// Appends the bytes with the mask taken off; at: how many bytes of the payload came before.
    void unmask(std::string_view bytes, std::array<unsigned char, 4> const& mask, size_t at, std::string& out)
    {
        std::array<char, 8> key {};
        for (size_t i = 0; i < key.size(); ++i)
            key[i] = static_cast<char>(mask[(at + i) & 3]);
        uint64_t word = 0, key_word = 0;
        std::memcpy(&key_word, key.data(), sizeof key_word);
        size_t const before = out.size();
        out.resize(before + bytes.size());
        size_t i = 0;
        for (; i + sizeof word <= bytes.size(); i += sizeof word) {
            std::memcpy(&word, bytes.data() + i, sizeof word);
            word ^= key_word;
            std::memcpy(out.data() + before + i, &word, sizeof word);
        }
        for (; i < bytes.size(); ++i)
            out[before + i] = static_cast<char>(bytes[i] ^ key[i & 7]);
    }

    void put_number(std::string& out, uint64_t value, int bytes)
    {
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
            out.push_back(static_cast<char>(value >> shift & 0xff));
    }

} // namespace

void put_frame(std::string& out, Opcode opcode, std::string_view payload)
{
    out.push_back(static_cast<char>(final_bit | static_cast<unsigned char>(opcode)));
    if (payload.size() <= short_length) {
        put_number(out, payload.size(), 1);
    } else if (payload.size() <= 0xffff) {
        put_number(out, marks_16_bits, 1);
        put_number(out, payload.size(), 2);
    } else {
        put_number(out, marks_64_bits, 1);
        put_number(out, payload.size(), 8);
    }
    out.append(payload);
}

void put_close(std::string& out, CloseCode code)
{
    std::string payload;
    if (code != CloseCode::NoStatus)
        put_number(payload, static_cast<uint16_t>(code), 2);
    put_frame(out, Opcode::Close, payload);
}

bool is_sendable(uint16_t code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

FrameReader::Outcome FrameReader::read(std::string_view input, std::string& out, size_t capacity)
{
    size_t const size = input.size(), limit = out.size() + capacity;
    auto const used = [&] { return size - input.size(); };
    for (;;) {
        if (m_state == State::Header && !take_header(input))
            return { used(), m_failed ? Event::Failed : Event::None };
        bool const whole = is_control() ? take_control(input) : take_data(input, out, limit - out.size());
        if (m_failed)
            return { used(), Event::Failed };
        if (!whole)
            return { used(), Event::None };
        m_state = State::Header;
        m_have = 0;
        if (auto const event = end_frame(); event != Event::None)
            return { used(), event };
    }
}

bool FrameReader::fail(CloseCode code)
{
    m_failed = true;
    m_close_code = code;
    return false;
}

/// What is known of the header's size so far.
size_t FrameReader::header_size() const
{
    if (m_have < 2)
        return 2;
    size_t const length = m_header[1] & 0x7f;
    return 2 + (length == marks_16_bits ? 2u : length == marks_64_bits ? 8u : 0u) + 4;
}

/// True once the header is complete and right. Each byte is judged when it comes, so that nobody waits for the rest of
/// something that is wrong already.
bool FrameReader::take_header(std::string_view& input)
{
    while (!input.empty()) {
        m_header[m_have++] = static_cast<unsigned char>(input.front());
        input.remove_prefix(1);
        if (!judge_header())
            return false;
        if (m_have > 2 && m_have == header_size()) {
            begin_payload();
            return true;
        }
    }
    return false;
}

bool FrameReader::judge_header()
{
    if (m_have == 1)
        return judge_first_byte(m_header[0]);
    if (m_have == 2 && !(m_header[1] & mask_bit))
        return fail(CloseCode::ProtocolError);
    if (m_have == 2 && is_control() && (m_header[1] & 0x7f) > short_length)
        return fail(CloseCode::ProtocolError);
    if (m_have + 4 == header_size())
        return judge_length();
    return true;
}

bool FrameReader::judge_first_byte(unsigned char byte)
{
    unsigned const opcode = byte & opcode_bits;
    bool const control = opcode >= 8, is_known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    if ((byte & reserved_bits) || !is_known)
        return fail(CloseCode::ProtocolError);
    if (control)
        return (byte & final_bit) ? true : fail(CloseCode::ProtocolError);
    bool const continues = opcode == 0;
    return continues == m_in_message ? true : fail(CloseCode::ProtocolError);
}

bool FrameReader::judge_length()
{
    size_t const mark = m_header[1] & 0x7f;
    uint64_t length = mark;
    if (mark > short_length) {
        length = 0;
        for (size_t i = 2; i < m_have; ++i)
            length = length << 8 | m_header[i];
    }
    m_left = length;
    if (is_control())
        return true;
    uint64_t const before = m_in_message ? m_message : 0;
    if (length > message_limit - before)
        return fail(CloseCode::TooBig);
    if (mark > short_length && length <= (mark == marks_64_bits ? 0xffffu : short_length))
        return fail(CloseCode::ProtocolError);
    m_message = before + length;
    return true;
}

void FrameReader::begin_payload()
{
    std::copy_n(m_header.begin() + static_cast<long>(m_have - 4), 4, m_mask.begin());
    m_masked = 0;
    m_state = State::Payload;
    if (is_control()) {
        m_control.clear();
        return;
    }
    auto const opcode = static_cast<Opcode>(m_header[0] & opcode_bits);
    if (opcode != Opcode::Continuation) {
        m_in_message = true;
        m_is_text = opcode == Opcode::Text;
        m_text = {};
    }
}

/// True once the whole payload has been taken.
bool FrameReader::take_data(std::string_view& input, std::string& out, size_t capacity)
{
    size_t const size = std::min<uint64_t>(m_left, std::min(input.size(), capacity)), before = out.size();
    unmask(input.substr(0, size), m_mask, m_masked, out);
    input.remove_prefix(size);
    m_masked += size;
    m_left -= size;
    if (m_is_text) {
        size_t const right = m_text.accept(std::string_view(out).substr(before));
        if (right < size) {
            out.resize(before + right);
            return fail(CloseCode::InvalidData);
        }
    }
    return m_left == 0;
}

bool FrameReader::take_control(std::string_view& input)
{
    size_t const size = std::min<uint64_t>(m_left, input.size());
    unmask(input.substr(0, size), m_mask, m_masked, m_control);
    input.remove_prefix(size);
    m_masked += size;
    m_left -= size;
    return m_left == 0;
}

FrameReader::Event FrameReader::end_frame()
{
    switch (static_cast<Opcode>(m_header[0] & opcode_bits)) {
    case Opcode::Ping: return Event::Ping;
    case Opcode::Pong: return Event::Pong;
    case Opcode::Close: return judge_close();
    default: break;
    }
    if (!(m_header[0] & final_bit))
        return Event::None;
    m_in_message = false;
    if (m_is_text && !m_text.at_boundary()) {
        fail(CloseCode::InvalidData);
        return Event::Failed;
    }
    return Event::None;
}

FrameReader::Event FrameReader::judge_close()
{
    if (m_control.empty())
        return Event::Close;
    auto const byte = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(m_control[i])); };
    auto const code = m_control.size() == 1 ? uint16_t(0) : static_cast<uint16_t>(byte(0) << 8 | byte(1));
    if (!is_sendable(code)) {
        fail(CloseCode::ProtocolError);
        return Event::Failed;
    }
    auto const reason = std::string_view(m_control).substr(2);
    Utf8Scanner scanner;
    if (scanner.accept(reason) < reason.size() || !scanner.at_boundary()) {
        fail(CloseCode::InvalidData);
        return Event::Failed;
    }
    m_close_code = static_cast<CloseCode>(code);
    return Event::Close;
}

} // namespace staithe::http
