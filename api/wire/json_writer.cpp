#include "api/wire/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "api/wire/utf8.hpp"

namespace staithe::wire {

namespace {

    enum class ByteClass : uint8_t { Plain, Escape, High };

    constexpr auto byte_classes = [] {
        std::array<ByteClass, 256> table {};
        for (size_t i = 0; i < table.size(); ++i)
            table[i] = i >= 0x80 ? ByteClass::High : i < 0x20 ? ByteClass::Escape : ByteClass::Plain;
        for (char const c : { '"', '\\', '<', '>', '&' })
            table[static_cast<uint8_t>(c)] = ByteClass::Escape;
        return table;
    }();

    void append_escape(std::string& out, char c)
    {
        switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
        }
        static constexpr char digits[] = "0123456789abcdef";
        out += "\\u00";
        out += digits[static_cast<uint8_t>(c) >> 4];
        out += digits[c & 0xF];
    }

    /// How many bytes at the front can be copied as they are.
    size_t plain_length(std::string_view s)
    {
        size_t i = 0;
        while (i < s.size() && byte_classes[static_cast<uint8_t>(s[i])] == ByteClass::Plain)
            ++i;
        return i;
    }

    /// Writes what begins with a byte that is not plain; gives the number of bytes used.
    size_t append_special(std::string& out, std::string_view s)
    {
        if (byte_classes[static_cast<uint8_t>(s[0])] == ByteClass::Escape) {
            append_escape(out, s[0]);
            return 1;
        }
        auto const length = utf8_length(s);
        if (length == 0)
            out += "\\ufffd";
        else
            out.append(s.data(), length);
        return std::max<size_t>(length, 1);
    }

} // namespace

void JsonWriter::open(char bracket)
{
    separate();
    m_out += bracket;
    m_comma = false;
}

void JsonWriter::close(char bracket)
{
    m_out += bracket;
    m_comma = true;
}

void JsonWriter::key(std::string_view name)
{
    separate();
    quoted(name);
    m_out += ':';
    m_comma = false;
}

void JsonWriter::text(std::string_view value)
{
    separate();
    quoted(value);
    m_comma = true;
}

void JsonWriter::number(int64_t value)
{
    separate();
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    m_out.append(digits, end);
    m_comma = true;
}

void JsonWriter::boolean(bool value)
{
    separate();
    m_out += value ? "true" : "false";
    m_comma = true;
}

void JsonWriter::null()
{
    separate();
    m_out += "null";
    m_comma = true;
}

void JsonWriter::quoted(std::string_view s)
{
    m_out += '"';
    while (!s.empty()) {
        auto const plain = plain_length(s);
        m_out.append(s.data(), plain);
        s.remove_prefix(plain);
        if (!s.empty())
            s.remove_prefix(append_special(m_out, s));
    }
    m_out += '"';
}

} // namespace staithe::wire
