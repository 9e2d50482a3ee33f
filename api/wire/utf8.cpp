#include "api/wire/utf8.hpp"

#include <cstdint>

namespace staithe::wire {

namespace {

    struct Lead {
        size_t length;
        uint8_t second_low, second_high; ///< what the second byte may be: excludes overlong forms and surrogates
    };

    Lead lead_of(uint8_t byte)
    {
        if (byte < 0x80)
            return { 1, 0, 0 };
        if (byte >= 0xC2 && byte <= 0xDF)
            return { 2, 0x80, 0xBF };
        if (byte >= 0xE0 && byte <= 0xEF)
            return { 3, uint8_t(byte == 0xE0 ? 0xA0 : 0x80), uint8_t(byte == 0xED ? 0x9F : 0xBF) };
        if (byte >= 0xF0 && byte <= 0xF4)
            return { 4, uint8_t(byte == 0xF0 ? 0x90 : 0x80), uint8_t(byte == 0xF4 ? 0x8F : 0xBF) };
        return { 0, 0, 0 };
    }

} // namespace

size_t utf8_length(std::string_view s)
{
    auto const byte = [&](size_t i) { return static_cast<uint8_t>(s[i]); };
    auto const lead = lead_of(byte(0));
    if (lead.length <= 1)
        return lead.length;
    if (s.size() < lead.length || byte(1) < lead.second_low || byte(1) > lead.second_high)
        return 0;
    for (size_t i = 2; i < lead.length; ++i)
        if ((byte(i) & 0xC0) != 0x80)
            return 0;
    return lead.length;
}

bool is_utf8(std::string_view s)
{
    while (!s.empty()) {
        auto const length = utf8_length(s);
        if (length == 0)
            return false;
        s.remove_prefix(length);
    }
    return true;
}

} // namespace staithe::wire
