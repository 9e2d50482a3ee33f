#include "cli/tar_header.hpp"

#include <charconv>

namespace staithe::cli {

namespace {

    constexpr size_t checksum_at = 148, checksum_length = 8;

    std::optional<uint64_t> base256(std::string_view field)
    {
        // 0xFF begins a negative number.
        if (field.front() != '\x80')
            return std::nullopt;
        uint64_t value = 0;
        for (char const c : field.substr(1)) {
            if (value >> 55)
                return std::nullopt;
            value = value << 8 | static_cast<unsigned char>(c);
        }
        return value;
    }

} // namespace

std::string_view TarHeader::text(size_t at, size_t length) const
{
    auto const field = m_block.substr(at, length);
    return field.substr(0, field.find('\0'));
}

std::optional<uint64_t> TarHeader::number(size_t at, size_t length) const
{
    auto field = m_block.substr(at, length);
    if (static_cast<unsigned char>(field.front()) & 0x80)
        return base256(field);
    auto const begin = field.find_first_not_of(' ');
    field.remove_prefix(begin == field.npos ? field.size() : begin);
    field = field.substr(0, field.find_first_of(std::string_view(" \0", 2)));
    if (field.empty())
        return 0;
    uint64_t value = 0;
    auto const [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, 8);
    if (error != std::errc() || end != field.data() + field.size())
        return std::nullopt;
    return value;
}

bool TarHeader::has_right_checksum() const
{
    uint64_t sum = 0;
    for (size_t i = 0; i < tar_block; ++i) {
        bool const is_field = i >= checksum_at && i < checksum_at + checksum_length;
        sum += is_field ? ' ' : static_cast<unsigned char>(m_block[i]);
    }
    return number(checksum_at, checksum_length) == sum;
}

std::string TarHeader::name() const
{
    auto const base = std::string(text(0, 100));
    // GNU tar writes "ustar  " and has other things where ustar has the prefix.
    bool const posix = m_block.substr(257, 6) == std::string_view("ustar\0", 6);
    auto const prefix = posix ? text(345, 155) : std::string_view();
    return prefix.empty() ? base : std::string(prefix) + "/" + base;
}

} // namespace staithe::cli
