// SPDX-License-Identifier: Apache-2.0
//
// Reads tar: v7, ustar, PAX and GNU with long names and all four sparse forms. Our own instead of libarchive's, because
// names must arrive as the bytes they are (libarchive converts PAX names by locale), extended headers must be bounded,
// and headers that tell two sizes must be refused.
#pragma once

#include <functional>

#include "plugins/common/archive/byte_stream.hpp"
#include "plugins/common/archive/pax.hpp"
#include "plugins/common/archive/tar_format.hpp"

namespace staithe::archive {

class TarReader {
public:
    /// Takes data at an offset of the unpacked file.
    using DataSink = std::function<Result<void>(uint64_t offset, std::span<char const>)>;

    explicit TarReader(ByteStream& stream)
        : m_stream(stream)
    {
    }

    /// The next member, after passing over what is left of the last one's data; false: the archive is complete, and
    /// the stream was read to its end. The two blocks of zeros at the end may be missing. STAITHE_CORRUPT for anything
    /// malformed or cut short.
    Result<bool> next(Entry& entry);

    /// The data of the member, once.
    Result<void> data(Entry const& entry, DataSink const& sink);

private:
    Result<bool> read_header(TarHeader& header);
    Result<bool> read_meta(TarHeader const& header, uint64_t size);
    Result<std::string> read_text(uint64_t size, size_t limit);
    Result<void> fill(Entry& entry, TarHeader const& header, uint64_t size);
    Result<void> fill_sparse(Entry& entry, TarHeader const& header);
    Result<std::vector<Segment>> read_old_gnu_map(TarHeader const& header);
    Result<std::vector<Segment>> read_leading_map();
    Result<uint64_t> read_map_number(std::string& line);
    Result<void> check_map(Entry const& entry) const;
    Result<void> drain();

    Result<size_t> read_exactly(char* into, size_t size);
    Result<std::span<char const>> take(uint64_t most);
    Result<void> skip(uint64_t size);

    ByteStream& m_stream;
    std::span<char const> m_rest; ///< read from the stream, not yet used
    uint64_t m_data = 0; ///< bytes of data of the member still to come
    uint64_t m_padding = 0; ///< and of zeros after it
    PaxRecords m_pax;
    std::optional<std::string> m_long_name, m_long_link;
};

} // namespace staithe::archive
