// SPDX-License-Identifier: Apache-2.0
//
// The 512 bytes of a tar header, and what reader and writer share: member types, numbers, checksum.
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trees/xattrs.hpp"

namespace staithe::archive {

inline constexpr size_t block_size = 512;

/// The header as POSIX.1 (ustar) lays it out; old GNU archives use the bytes from prefix on differently.
struct TarHeader {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char type;
    char link[100];
    char magic[8];
    char user[32];
    char group[32];
    char major[8];
    char minor[8];
    char prefix[155];
    char padding[12];
};
static_assert(sizeof(TarHeader) == block_size);

enum class Type { Regular, HardLink, Symlink, CharDevice, BlockDevice, Directory, Fifo };

using trees::Xattr;

/// A stretch of a sparse file that has data.
struct Segment {
    uint64_t offset = 0, size = 0;
};

/// One member. name and link are the bytes of the archive, unchecked.
struct Entry {
    Type type = Type::Regular;
    std::string name, link;
    uint32_t mode = 0; ///< the twelve permission bits
    uint32_t uid = 0, gid = 0;
    uint32_t major = 0, minor = 0;
    timespec mtime {};
    uint64_t size = 0; ///< of the file when it is unpacked, holes included
    std::vector<Xattr> xattrs;
    std::optional<std::vector<Segment>> sparse; ///< where the data goes; none: the file has no holes
};

/// Octal digits, or base 256 after a set top bit as GNU tar does; nothing where it is neither or does not fit.
std::optional<int64_t> parse_number(std::span<char const> field);

/// Octal digits that fill the field but for a NUL at its end; false where the value does not fit.
bool format_octal(std::span<char> field, uint64_t value);

/// The text of a field, up to a NUL.
std::string_view field_text(std::span<char const> field);

/// Sum of all bytes with the checksum field taken as blanks.
uint32_t checksum_of(TarHeader const& header);

inline uint64_t padded(uint64_t size)
{
    return (size + block_size - 1) / block_size * block_size;
}

} // namespace staithe::archive
