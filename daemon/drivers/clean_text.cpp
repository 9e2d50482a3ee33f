#include "clean_text.hpp"

#include <cstdint>

namespace staithe::drivers {

namespace {

    /// The length of the UTF-8 sequence at the beginning; 0: there is none.
    size_t sequence(std::string_view text)
    {
        auto const byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
        unsigned const first = byte(0);
        size_t const size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (size == 1)
            return 1;
        if (first < 0xc2 || first > 0xf4 || text.size() < size)
            return 0;
        uint32_t code = first & (0x7fu >> size);
        for (size_t i = 1; i < size; ++i) {
            if ((byte(i) & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (byte(i) & 0x3fu);
        }
        bool const overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
        return overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff ? 0 : size;
    }

} // namespace

std::string clean_text(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        size_t const size = sequence(text);
        auto const first = static_cast<unsigned char>(text[0]);
        if (size == 0)
            out += '?';
        else if (first < 0x20 || first == 0x7f)
            out += ' ';
        else
            out.append(text.substr(0, size));
        text.remove_prefix(size ? size : 1);
    }
    return out;
}

} // namespace staithe::drivers
