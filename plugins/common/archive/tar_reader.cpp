// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/tar_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "plugins/common/archive/names.hpp"

namespace staithe::archive {

namespace {

    constexpr size_t longest_name = size_t { 64 } << 10;
    constexpr size_t longest_pax = size_t { 1 } << 20;
    constexpr uint64_t largest_size = std::numeric_limits<int64_t>::max() - 2 * block_size;

    Error corrupt(std::string why)
    {
        return { STAITHE_CORRUPT, 0, "cannot read the archive: " + std::move(why) };
    }

    bool is_zero(TarHeader const& header)
    {
        auto const* bytes = reinterpret_cast<char const*>(&header);
        return std::all_of(bytes, bytes + sizeof header, [](char c) { return c == 0; });
    }

    bool is_gnu(TarHeader const& header)
    {
        return std::memcmp(header.magic, "ustar  ", 8) == 0;
    }

    Result<Type> type_of(TarHeader const& header)
    {
        switch (header.type) {
        case '\0': // v7: a name that ends in a slash is a directory
            return field_text(header.name).ends_with('/') ? Type::Directory : Type::Regular;
        case '0':
        case '7':
        case 'S': return Type::Regular;
        case '1': return Type::HardLink;
        case '2': return Type::Symlink;
        case '3': return Type::CharDevice;
        case '4': return Type::BlockDevice;
        case '5':
        case 'D': return Type::Directory;
        case '6': return Type::Fifo;
        default: return corrupt("member " + quoted(field_text(header.name)) + " is of an unknown type");
        }
    }

    std::string header_name(TarHeader const& header)
    {
        std::string const name(field_text(header.name));
        if (std::memcmp(header.magic, "ustar\0", 6) != 0 || header.prefix[0] == '\0')
            return name;
        return std::string(field_text(header.prefix)) + '/' + name;
    }

    template <class Field> Result<uint32_t> number32(Field const& field, char const* what)
    {
        auto const value = parse_number(field);
        // The highest id means "leave as it is" to chown.
        if (!value || *value < 0 || *value >= std::numeric_limits<uint32_t>::max())
            return corrupt(std::string("bad ") + what);
        return static_cast<uint32_t>(*value);
    }

} // namespace

Result<size_t> TarReader::read_exactly(char* into, size_t size)
{
    size_t done = 0;
    while (done < size) {
        auto const part = STAITHE_TRY(take(size - done));
        if (part.empty())
            break;
        std::memcpy(into + done, part.data(), part.size());
        done += part.size();
    }
    return done;
}

Result<std::span<char const>> TarReader::take(uint64_t most)
{
    if (m_rest.empty())
        m_rest = STAITHE_TRY(m_stream.next());
    auto const part = m_rest.first(static_cast<size_t>(std::min<uint64_t>(most, m_rest.size())));
    m_rest = m_rest.subspan(part.size());
    return part;
}

Result<void> TarReader::skip(uint64_t size)
{
    while (size > 0) {
        auto const part = STAITHE_TRY(take(size));
        if (part.empty())
            return corrupt("it is cut short");
        size -= part.size();
    }
    return {};
}

Result<void> TarReader::drain()
{
    m_rest = {};
    while (!STAITHE_TRY(m_stream.next()).empty()) { }
    return {};
}

Result<bool> TarReader::read_header(TarHeader& header)
{
    size_t const size = STAITHE_TRY(read_exactly(reinterpret_cast<char*>(&header), sizeof header));
    if (size == 0)
        return false;
    if (size < sizeof header)
        return corrupt("it is cut short");
    if (is_zero(header)) {
        STAITHE_TRY(drain());
        return false;
    }
    auto const told = parse_number(header.checksum);
    if (!told || *told != checksum_of(header))
        return corrupt("bad header checksum; is it a tar archive?");
    return true;
}

Result<std::string> TarReader::read_text(uint64_t size, size_t limit)
{
    if (size > limit)
        return corrupt("an extended header is larger than " + std::to_string(limit) + " bytes");
    std::string text(static_cast<size_t>(size), '\0');
    if (STAITHE_TRY(read_exactly(text.data(), text.size())) < text.size())
        return corrupt("it is cut short");
    STAITHE_TRY(skip(padded(size) - size));
    return text;
}

/// Takes in a header that only tells about the next one; false: it is a member.
Result<bool> TarReader::read_meta(TarHeader const& header, uint64_t size)
{
    auto until_nul = [](std::string text) { return text.substr(0, text.find('\0')); };
    switch (header.type) {
    case 'x': {
        auto const body = STAITHE_TRY(read_text(size, longest_pax));
        m_pax = STAITHE_TRY(parse_pax(body));
        return true;
    }
    case 'L': m_long_name = until_nul(STAITHE_TRY(read_text(size, longest_name))); return true;
    case 'K': m_long_link = until_nul(STAITHE_TRY(read_text(size, longest_name))); return true;
    case 'g': // defaults for all that follows: comments in practice, and Docker passes over them
    case 'V': STAITHE_TRY(skip(padded(size))); return true;
    default: return false;
    }
}

Result<bool> TarReader::next(Entry& entry)
{
    STAITHE_TRY(skip(m_data + m_padding));
    m_data = m_padding = 0;
    m_pax = {};
    m_long_name.reset();
    m_long_link.reset();
    TarHeader header;
    for (bool meta_before = false;; meta_before = true) {
        if (!STAITHE_TRY(read_header(header)))
            return meta_before ? Result<bool>(corrupt("it is cut short after an extended header")) : false;
        auto const size = parse_number(header.size);
        if (!size || *size < 0 || static_cast<uint64_t>(*size) > largest_size)
            return corrupt("bad size");
        if (STAITHE_TRY(read_meta(header, static_cast<uint64_t>(*size))))
            continue;
        STAITHE_TRY(fill(entry, header, static_cast<uint64_t>(*size)));
        return true;
    }
}

Result<void> TarReader::fill(Entry& entry, TarHeader const& header, uint64_t size)
{
    constexpr uint64_t ustar_most = 077777777777;
    entry = {};
    entry.type = STAITHE_TRY(type_of(header));
    entry.name = m_pax.path ? *m_pax.path : m_long_name ? *m_long_name : header_name(header);
    entry.link = m_pax.link ? *m_pax.link : m_long_link ? *m_long_link : std::string(field_text(header.link));
    if (m_pax.size && size != 0 && size != ustar_most && size != *m_pax.size)
        return corrupt("member " + quoted(entry.name) + " has two sizes");
    if (m_pax.size.value_or(0) > largest_size)
        return corrupt("bad size");
    entry.size = m_pax.size.value_or(size);
    entry.mode = STAITHE_TRY(number32(header.mode, "mode")) & 07777;
    entry.uid = m_pax.uid ? *m_pax.uid : STAITHE_TRY(number32(header.uid, "user id"));
    entry.gid = m_pax.gid ? *m_pax.gid : STAITHE_TRY(number32(header.gid, "group id"));
    if (entry.uid == UINT32_MAX || entry.gid == UINT32_MAX)
        return corrupt("bad user or group id");
    auto const seconds = parse_number(header.mtime);
    if (!seconds)
        return corrupt("bad time");
    entry.mtime = m_pax.mtime.value_or(timespec { *seconds, 0 });
    if (entry.type == Type::CharDevice || entry.type == Type::BlockDevice) {
        entry.major = STAITHE_TRY(number32(header.major, "device number"));
        entry.minor = STAITHE_TRY(number32(header.minor, "device number"));
    }
    entry.xattrs = std::move(m_pax.xattrs);
    bool const has_data = entry.type == Type::Regular || header.type == 'D';
    m_data = has_data ? entry.size : 0;
    m_padding = padded(m_data) - m_data;
    return entry.type == Type::Regular ? fill_sparse(entry, header) : Result<void> {};
}

Result<void> TarReader::fill_sparse(Entry& entry, TarHeader const& header)
{
    if (header.type == 'S' && is_gnu(header)) {
        auto const* raw = reinterpret_cast<char const*>(&header);
        auto const real = parse_number({ raw + 483, 12 });
        if (!real || *real < 0)
            return corrupt("bad sparse file");
        entry.sparse = STAITHE_TRY(read_old_gnu_map(header));
        entry.size = static_cast<uint64_t>(*real);
    } else if (m_pax.sparse_major == 1) {
        entry.sparse = STAITHE_TRY(read_leading_map());
    } else if (m_pax.sparse_mapped) {
        entry.sparse = std::move(m_pax.sparse_map);
    } else {
        return {};
    }
    if (m_pax.sparse_name)
        entry.name = *m_pax.sparse_name;
    if (m_pax.sparse_size)
        entry.size = *m_pax.sparse_size;
    return check_map(entry);
}

Result<std::vector<Segment>> TarReader::read_old_gnu_map(TarHeader const& header)
{
    std::vector<Segment> map;
    char block[block_size];
    std::memcpy(block, &header, sizeof block);
    size_t at = 386, count = 4, more = 482;
    for (;;) {
        for (size_t i = 0; i < count; ++i, at += 24) {
            auto const offset = parse_number({ block + at, 12 }), size = parse_number({ block + at + 12, 12 });
            if (block[at] == '\0' && block[at + 12] == '\0')
                break;
            if (!offset || !size || *offset < 0 || *size < 0 || map.size() == most_segments)
                return corrupt("bad sparse file");
            map.push_back({ static_cast<uint64_t>(*offset), static_cast<uint64_t>(*size) });
        }
        if (!block[more])
            return map;
        if (STAITHE_TRY(read_exactly(block, sizeof block)) < sizeof block)
            return corrupt("it is cut short");
        at = 0, count = 21, more = 504;
    }
}

/// A line of the map that leads the data in sparse format 1.0.
Result<uint64_t> TarReader::read_map_number(std::string& line)
{
    line.clear();
    for (;;) {
        char c = 0;
        if (m_data == 0 || STAITHE_TRY(read_exactly(&c, 1)) == 0)
            return corrupt("bad sparse file");
        --m_data;
        if (c == '\n')
            break;
        line += c;
        if (line.size() > 20)
            return corrupt("bad sparse file");
    }
    auto const number = parse_decimal(line);
    return number ? Result<uint64_t>(*number) : corrupt("bad sparse file");
}

Result<std::vector<Segment>> TarReader::read_leading_map()
{
    uint64_t const before = m_data;
    std::string line;
    uint64_t const count = STAITHE_TRY(read_map_number(line));
    if (count > most_segments)
        return corrupt("a sparse file has too many parts");
    std::vector<Segment> map;
    for (uint64_t i = 0; i < count; ++i) {
        uint64_t const offset = STAITHE_TRY(read_map_number(line));
        map.push_back({ offset, STAITHE_TRY(read_map_number(line)) });
    }
    uint64_t const used = before - m_data;
    uint64_t const rest = padded(used) - used;
    if (rest > m_data)
        return corrupt("bad sparse file");
    STAITHE_TRY(skip(rest));
    m_data -= rest;
    return map;
}

Result<void> TarReader::check_map(Entry const& entry) const
{
    uint64_t end = 0, stored = 0;
    for (auto const& segment : *entry.sparse) {
        if (segment.offset < end || segment.offset > entry.size || segment.size > entry.size - segment.offset)
            return corrupt("sparse file " + quoted(entry.name) + " has parts out of order or beyond its end");
        end = segment.offset + segment.size;
        stored += segment.size;
    }
    if (stored != m_data || entry.size > largest_size)
        return corrupt("sparse file " + quoted(entry.name) + " does not have the size of its parts");
    return {};
}

Result<void> TarReader::data(Entry const& entry, DataSink const& sink)
{
    auto const whole = std::vector<Segment> { { 0, entry.size } };
    for (auto const& segment : entry.sparse ? *entry.sparse : whole) {
        for (uint64_t done = 0; done < segment.size;) {
            auto const part = STAITHE_TRY(take(segment.size - done));
            if (part.empty())
                return corrupt("it is cut short");
            STAITHE_TRY(sink(segment.offset + done, part));
            done += part.size();
            m_data -= part.size();
        }
    }
    return {};
}

} // namespace staithe::archive
