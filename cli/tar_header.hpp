// The 512 bytes before every member of a tar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace staithe::cli {

inline constexpr size_t tar_block = 512;

/// A view of one header block, which it borrows.
class TarHeader {
public:
    explicit TarHeader(std::string_view block)
        : m_block(block)
    {
    }
    bool is_zero() const { return m_block.find_first_not_of('\0') == m_block.npos; }
    bool has_right_checksum() const;
    char type() const { return m_block[156]; }
    /// With ustar's prefix in front.
    std::string name() const;
    std::string link() const { return std::string(text(157, 100)); }
    // Octal digits, or base 256 behind a set top bit; nothing for what is neither, negative or too large.
    std::optional<uint64_t> mode() const { return number(100, 8); }
    std::optional<uint64_t> size() const { return number(124, 12); }
    std::optional<uint64_t> mtime() const { return number(136, 12); }

private:
    std::string_view text(size_t at, size_t length) const;
    std::optional<uint64_t> number(size_t at, size_t length) const;

    std::string_view m_block;
};

} // namespace staithe::cli
