// SPDX-License-Identifier: Apache-2.0
#include "tests/drivers/storage/compressed.hpp"

#include <algorithm>
#include <cstdint>

#include <archive.h>
#include <archive_entry.h>

namespace staithe::test {

namespace {

    std::string little_endian(uint64_t value, size_t size)
    {
        std::string out;
        for (size_t i = 0; i < size; ++i)
            out += static_cast<char>(value >> (8 * i) & 0xff);
        return out;
    }

    std::string crc32(std::string const& bytes)
    {
        uint32_t crc = ~uint32_t { 0 };
        for (char const c : bytes) {
            crc ^= static_cast<unsigned char>(c);
            for (int bit = 0; bit < 8; ++bit)
                crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0u);
        }
        return little_endian(~crc, 4);
    }

    /// A number as xz writes it: seven bits a byte, the top bit says that more follow.
    std::string variable(uint64_t value)
    {
        std::string out;
        for (; value >= 0x80; value >>= 7)
            out += static_cast<char>(value | 0x80);
        return out + static_cast<char>(value);
    }

} // namespace

std::string compressed(std::string const& filter, std::string const& bytes)
{
    auto* const a = archive_write_new();
    archive_write_add_filter_by_name(a, filter.c_str());
    archive_write_set_format_raw(a);
    std::string out(bytes.size() + (1 << 20), '\0');
    size_t used = 0;
    archive_write_open_memory(a, out.data(), out.size(), &used);
    auto* const entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(a, entry);
    archive_write_data(a, bytes.data(), bytes.size());
    archive_entry_free(entry);
    archive_write_close(a);
    archive_write_free(a);
    out.resize(used);
    return out;
}

std::string zstd_with_window(std::string const& bytes, unsigned log)
{
    constexpr size_t largest = size_t { 128 } << 10;
    std::string out("\x28\xb5\x2f\xfd\0", 5);
    out += static_cast<char>((log - 10) << 3);
    for (size_t at = 0; at < bytes.size(); at += largest) {
        auto const part = bytes.substr(at, largest);
        out += little_endian(part.size() << 3 | (at + part.size() == bytes.size()), 3) + part;
    }
    return out;
}

std::string xz_with_dictionary(std::string const& bytes, unsigned log)
{
    constexpr size_t largest = size_t { 64 } << 10;
    std::string const flags("\0\0", 2); // no checksum of the data
    std::string header("\x02\0\x21\x01", 4); // 12 bytes in all; one filter: LZMA2
    header += static_cast<char>((log - 12) * 2);
    header.resize(8);
    std::string data;
    for (size_t at = 0; at < bytes.size(); at += largest) {
        auto const part = bytes.substr(at, largest);
        auto const size = part.size() - 1;
        data += at == 0 ? '\1' : '\2';
        data += static_cast<char>(size >> 8);
        data += static_cast<char>(size & 0xff);
        data += part;
    }
    data += '\0';
    auto const unpadded = header.size() + 4 + data.size();
    data.resize((data.size() + 3) / 4 * 4);
    auto index = std::string("\0\1", 2) + variable(unpadded) + variable(bytes.size());
    index.resize((index.size() + 3) / 4 * 4);
    auto const tail = little_endian((index.size() + 4) / 4 - 1, 4) + flags;
    return "\xfd"
           "7zXZ"
        + std::string(1, '\0') + flags + crc32(flags) + header + crc32(header) + data + index + crc32(index)
        + crc32(tail) + tail + "YZ";
}

} // namespace staithe::test
