#include "api/http/utf8.hpp"

#include <cstring>

namespace staithe::http {

namespace {

    constexpr std::string_view replacement = "\xef\xbf\xbd";

    /// The length of the ASCII that the bytes begin with, eight at a time.
    size_t ascii_run(std::string_view bytes)
    {
        size_t at = 0;
        for (uint64_t word = 0; at + sizeof word <= bytes.size(); at += sizeof word) {
            std::memcpy(&word, bytes.data() + at, sizeof word);
            if (word & 0x8080808080808080u)
                break;
        }
        while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80)
            ++at;
        return at;
    }

} // namespace

Utf8Scanner::Step Utf8Scanner::step(unsigned char byte)
{
    if (m_left == 0) {
        if (byte < 0x80)
            return Step::Complete;
        if (byte < 0xc2 || byte > 0xf4)
            return Step::Invalid;
        m_left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        m_low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
        m_high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
        return Step::Partial;
    }
    if (byte < m_low || byte > m_high) {
        m_left = 0;
        return Step::Invalid;
    }
    m_low = 0x80;
    m_high = 0xbf;
    return --m_left ? Step::Partial : Step::Complete;
}

size_t Utf8Scanner::accept(std::string_view bytes)
{
    for (size_t at = 0; at < bytes.size(); ++at) {
        if (at_boundary())
            at += ascii_run(bytes.substr(at));
        if (at < bytes.size() && step(static_cast<unsigned char>(bytes[at])) == Step::Invalid)
            return at;
    }
    return bytes.size();
}

void Utf8Repair::append(std::string_view bytes, std::string& out)
{
    for (size_t at = 0; at < bytes.size();) {
        if (m_held.empty()) {
            size_t const plain = ascii_run(bytes.substr(at));
            out.append(bytes.substr(at, plain));
            at += plain;
            if (at == bytes.size())
                return;
        }
        char const byte = bytes[at];
        auto const step = m_scanner.step(static_cast<unsigned char>(byte));
        if (step == Utf8Scanner::Step::Invalid) {
            // A byte that breaks off a character may itself begin one: it is looked at again.
            at += m_held.empty();
            out.append(replacement);
            m_held.clear();
            continue;
        }
        m_held.push_back(byte);
        ++at;
        if (step == Utf8Scanner::Step::Complete) {
            out.append(m_held);
            m_held.clear();
        }
    }
}

void Utf8Repair::finish(std::string& out)
{
    if (!m_held.empty())
        out.append(replacement);
    m_held.clear();
    m_scanner = {};
}

} // namespace staithe::http
