#include "daemon/build/text.hpp"

#include <algorithm>

namespace staithe::build {

namespace {

    std::string mapped(std::string_view text, char from, char to)
    {
        std::string result(text);
        for (char& c : result)
            if (c >= from && c <= from + 25)
                c = static_cast<char>(c - from + to);
        return result;
    }

    /// How long the sequence is that a byte begins, and the least code point that needs as many; 0: it begins none.
    struct Lead {
        size_t size;
        char32_t least;
    };

    Lead lead_of(unsigned char byte)
    {
        if (byte < 0x80)
            return { 1, 0 };
        if ((byte & 0xE0) == 0xC0)
            return { 2, 0x80 };
        if ((byte & 0xF0) == 0xE0)
            return { 3, 0x800 };
        return (byte & 0xF8) == 0xF0 ? Lead { 4, 0x10000 } : Lead { 0, 0 };
    }

    bool is_code_point(char32_t value)
    {
        return value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
    }

} // namespace

std::string_view left_trimmed(std::string_view text)
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    return text;
}

std::string_view right_trimmed(std::string_view text)
{
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string_view trimmed(std::string_view text)
{
    return left_trimmed(right_trimmed(text));
}

std::string upper(std::string_view text)
{
    return mapped(text, 'a', 'A');
}

std::string lower(std::string_view text)
{
    return mapped(text, 'A', 'a');
}

std::vector<std::string> fields(std::string_view text)
{
    std::vector<std::string> words;
    for (text = left_trimmed(text); !text.empty(); text = left_trimmed(text)) {
        auto const end = std::find_if(text.begin(), text.end(), is_blank);
        auto const size = static_cast<size_t>(end - text.begin());
        words.emplace_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return words;
}

std::string joined(std::vector<std::string> const& words, std::string_view separator)
{
    std::string text;
    for (size_t i = 0; i < words.size(); ++i)
        text.append(i ? separator : std::string_view()).append(words[i]);
    return text;
}

size_t find_invalid_utf8(std::string_view text)
{
    for (size_t i = 0; i < text.size();) {
        auto const first = static_cast<unsigned char>(text[i]);
        auto const lead = lead_of(first);
        if (lead.size == 0 || text.size() - i < lead.size)
            return i;
        char32_t value = lead.size == 1 ? first : first & (0x7FU >> lead.size);
        for (size_t k = 1; k < lead.size; ++k) {
            auto const next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0) != 0x80)
                return i;
            value = value << 6 | (next & 0x3F);
        }
        if (value < lead.least || !is_code_point(value))
            return i;
        i += lead.size;
    }
    return std::string_view::npos;
}

void append_utf8(std::string& text, char32_t value)
{
    if (!is_code_point(value))
        value = 0xFFFD;
    auto const put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (value < 0x80)
        return put(value);
    if (value < 0x800)
        return put(0xC0 | value >> 6), put(0x80 | (value & 0x3F));
    if (value < 0x10000)
        put(0xE0 | value >> 12);
    else
        put(0xF0 | value >> 18), put(0x80 | (value >> 12 & 0x3F));
    put(0x80 | (value >> 6 & 0x3F)), put(0x80 | (value & 0x3F));
}

} // namespace staithe::build
