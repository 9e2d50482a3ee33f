// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/tar_format.hpp"

#include <cstddef>
#include <cstring>
#include <limits>

namespace staithe::archive {

namespace {

    std::optional<int64_t> parse_base256(std::span<char const> field)
    {
        auto byte = [&](size_t i) { return static_cast<unsigned char>(field[i]); };
        bool const negative = byte(0) & 0x40;
        uint64_t const fill = negative ? ~uint64_t { 0 } : 0;
        uint64_t value = fill;
        for (size_t i = 0; i < field.size(); ++i) {
            // The top bit is the mark; below it the first byte carries the sign.
            uint64_t const part = i == 0 ? (byte(0) & 0x7fu) | (negative ? 0x80u : 0u) : byte(i);
            if (i + 8 < field.size() && part != (fill & 0xff))
                return std::nullopt;
            value = value << 8 | part;
        }
        if ((static_cast<int64_t>(value) < 0) != negative)
            return std::nullopt;
        return static_cast<int64_t>(value);
    }

} // namespace

std::optional<int64_t> parse_number(std::span<char const> field)
{
    if (static_cast<unsigned char>(field[0]) & 0x80)
        return parse_base256(field);
    size_t i = 0;
    while (i < field.size() && (field[i] == ' ' || field[i] == '\0'))
        ++i;
    uint64_t value = 0;
    for (; i < field.size() && field[i] >= '0' && field[i] <= '7'; ++i)
        value = value << 3 | static_cast<uint64_t>(field[i] - '0');
    for (; i < field.size(); ++i)
        if (field[i] != ' ' && field[i] != '\0')
            return std::nullopt;
    return static_cast<int64_t>(value);
}

bool format_octal(std::span<char> field, uint64_t value)
{
    size_t at = field.size() - 1;
    field[at] = '\0';
    while (at > 0) {
        field[--at] = static_cast<char>('0' + (value & 7));
        value >>= 3;
    }
    return value == 0;
}

std::string_view field_text(std::span<char const> field)
{
    return { field.data(), strnlen(field.data(), field.size()) };
}

uint32_t checksum_of(TarHeader const& header)
{
    auto const* bytes = reinterpret_cast<unsigned char const*>(&header);
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof header; ++i)
        sum += bytes[i];
    for (char const c : header.checksum)
        sum -= static_cast<unsigned char>(c);
    return sum + static_cast<uint32_t>(sizeof header.checksum) * ' ';
}

} // namespace staithe::archive
