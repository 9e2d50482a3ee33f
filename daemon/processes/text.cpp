#include "daemon/processes/text.hpp"

#include <cstdint>

namespace staithe::processes {

namespace {

    /// How many bytes the code point at the begin has; 0: it is none, or not to be shown.
    size_t shown_length(std::string_view bytes)
    {
        auto const byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
        unsigned char const first = byte(0);
        if (first < 0x80)
            return first >= 0x20 && first != 0x7f;
        size_t const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (first < 0xc2 || first > 0xf4 || bytes.size() < length)
            return 0;
        uint32_t point = first & (0xffu >> (length + 1));
        for (size_t i = 1; i < length; ++i) {
            if ((byte(i) & 0xc0) != 0x80)
                return 0;
            point = point << 6 | (byte(i) & 0x3fu);
        }
        constexpr uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
        bool const control = point < 0xa0 || point == 0x2028 || point == 0x2029;
        bool const surrogate = point >= 0xd800 && point <= 0xdfff;
        return point < smallest[length] || point > 0x10ffff || control || surrogate ? 0 : length;
    }

} // namespace

std::string printable(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        size_t const length = shown_length(bytes);
        if (length == 0)
            text += '?';
        else
            text.append(bytes.substr(0, length));
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

} // namespace staithe::processes
