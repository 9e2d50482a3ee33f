// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/tar_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "plugins/common/archive/pax.hpp"

namespace staithe::archive {

namespace {

    constexpr size_t buffer_size = size_t { 512 } << 10;
    constexpr uint64_t ustar_size = uint64_t { 1 } << 33;

    char type_flag(Type type)
    {
        switch (type) {
        case Type::Regular: return '0';
        case Type::HardLink: return '1';
        case Type::Symlink: return '2';
        case Type::CharDevice: return '3';
        case Type::BlockDevice: return '4';
        case Type::Directory: return '5';
        case Type::Fifo: return '6';
        }
        return '0';
    }

    bool is_ascii(std::string_view s)
    {
        return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    }

    std::string pax_time(timespec const& time)
    {
        // Nanoseconds count upwards from the seconds, also before 1970; PAX writes one decimal number.
        auto seconds = time.tv_sec;
        auto nanoseconds = time.tv_nsec;
        bool const negative = seconds < 0;
        if (negative && nanoseconds) {
            seconds += 1;
            nanoseconds = 1'000'000'000 - nanoseconds;
        }
        auto text = (negative ? "-" : "") + std::to_string(negative ? -seconds : seconds);
        if (nanoseconds) {
            auto digits = std::to_string(nanoseconds);
            digits.insert(0, 9 - digits.size(), '0');
            digits.erase(digits.find_last_not_of('0') + 1);
            text += '.' + digits;
        }
        return text;
    }

    std::string sparse_map(std::vector<Segment> const& segments)
    {
        auto map = std::to_string(segments.size()) + '\n';
        for (auto const& s : segments)
            map.append(std::to_string(s.offset)).append("\n").append(std::to_string(s.size)).append("\n");
        map.resize(padded(map.size()));
        return map;
    }

    uint64_t stored_size(Entry const& entry)
    {
        if (entry.type != Type::Regular)
            return 0;
        if (!entry.sparse)
            return entry.size;
        uint64_t size = sparse_map(*entry.sparse).size();
        for (auto const& s : *entry.sparse)
            size += s.size;
        return size;
    }

    std::string pax_records(Entry const& entry, uint64_t stored)
    {
        std::string body;
        bool const long_name = entry.name.size() > sizeof TarHeader::name;
        bool const long_link = entry.link.size() > sizeof TarHeader::link;
        if ((long_name && !is_ascii(entry.name)) || (long_link && !is_ascii(entry.link)))
            append_pax(body, "hdrcharset", "BINARY");
        if (long_name)
            append_pax(body, "path", entry.name);
        if (long_link)
            append_pax(body, "linkpath", entry.link);
        if (stored >= ustar_size)
            append_pax(body, "size", std::to_string(stored));
        if (entry.uid > 07777777)
            append_pax(body, "uid", std::to_string(entry.uid));
        if (entry.gid > 07777777)
            append_pax(body, "gid", std::to_string(entry.gid));
        if (entry.mtime.tv_nsec || entry.mtime.tv_sec < 0 || entry.mtime.tv_sec > 077777777777)
            append_pax(body, "mtime", pax_time(entry.mtime));
        for (auto const& xattr : entry.xattrs)
            append_pax(body, "SCHILY.xattr." + xattr.name, xattr.value);
        if (entry.sparse) {
            append_pax(body, "GNU.sparse.major", "1");
            append_pax(body, "GNU.sparse.minor", "0");
            append_pax(body, "GNU.sparse.name", entry.name);
            append_pax(body, "GNU.sparse.realsize", std::to_string(entry.size));
        }
        return body;
    }

    template <size_t N> void put_text(char (&field)[N], std::string_view text)
    {
        text.copy(field, N);
    }

    /// What does not fit is told by a PAX record; the field then holds zero.
    template <size_t N> void put_number(char (&field)[N], uint64_t value)
    {
        if (!format_octal(field, value))
            format_octal(field, 0);
    }

    TarHeader make_header(Entry const& entry, char type, uint64_t stored)
    {
        TarHeader h {};
        put_text(h.name, entry.name);
        put_text(h.link, entry.link);
        put_number(h.mode, entry.mode);
        put_number(h.uid, entry.uid);
        put_number(h.gid, entry.gid);
        put_number(h.size, stored);
        put_number(h.mtime, entry.mtime.tv_sec < 0 ? 0 : static_cast<uint64_t>(entry.mtime.tv_sec));
        put_number(h.major, entry.major);
        put_number(h.minor, entry.minor);
        std::memcpy(h.magic, "ustar\00000", sizeof h.magic);
        h.type = type;
        format_octal({ h.checksum, 7 }, checksum_of(h));
        h.checksum[7] = ' ';
        return h;
    }

} // namespace

TarWriter::TarWriter(Sink& sink)
    : m_sink(sink)
    , m_buffer(std::make_unique<char[]>(buffer_size))
{
}

Result<void> TarWriter::flush()
{
    if (m_used == 0)
        return {};
    return m_sink.write(m_buffer.get(), std::exchange(m_used, 0));
}

Result<void> TarWriter::put(void const* data, size_t size)
{
    auto const* from = static_cast<char const*>(data);
    while (size > 0) {
        if (m_used == buffer_size)
            STAITHE_TRY(flush());
        size_t const part = std::min(size, buffer_size - m_used);
        std::memcpy(m_buffer.get() + m_used, from, part);
        m_used += part;
        from += part;
        size -= part;
    }
    return {};
}

Result<void> TarWriter::put_padding(uint64_t size)
{
    static constexpr char zeros[block_size] = {};
    return put(zeros, static_cast<size_t>(padded(size) - size));
}

Result<void> TarWriter::put_pax(Entry const& entry, std::string const& body)
{
    Entry meta;
    auto const leaf = std::string_view(entry.name).substr(0, 80);
    meta.name = "PaxHeaders/" + std::string(leaf);
    meta.mode = 0644;
    auto const header = make_header(meta, 'x', body.size());
    STAITHE_TRY(put(&header, sizeof header));
    STAITHE_TRY(put(body.data(), body.size()));
    return put_padding(body.size());
}

Result<void> TarWriter::add(Entry const& entry)
{
    uint64_t const stored = stored_size(entry);
    if (auto const body = pax_records(entry, stored); !body.empty())
        STAITHE_TRY(put_pax(entry, body));
    auto const header = make_header(entry, type_flag(entry.type), stored);
    return put(&header, sizeof header);
}

Result<void> TarWriter::put_stretch(int fd, Segment const& segment)
{
    for (uint64_t done = 0; done < segment.size;) {
        if (m_used == buffer_size)
            STAITHE_TRY(flush());
        auto const want = static_cast<size_t>(std::min<uint64_t>(segment.size - done, buffer_size - m_used));
        ssize_t n = ::pread(fd, m_buffer.get() + m_used, want, static_cast<off_t>(segment.offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno_error("cannot read a file of the layer");
        if (n == 0) {
            std::memset(m_buffer.get() + m_used, 0, want);
            n = static_cast<ssize_t>(want);
        }
        m_used += static_cast<size_t>(n);
        done += static_cast<uint64_t>(n);
    }
    return {};
}

Result<void> TarWriter::append_file(Entry const& entry, int fd)
{
    if (!entry.sparse) {
        STAITHE_TRY(put_stretch(fd, { 0, entry.size }));
        return put_padding(entry.size);
    }
    auto const map = sparse_map(*entry.sparse);
    STAITHE_TRY(put(map.data(), map.size()));
    uint64_t total = 0;
    for (auto const& segment : *entry.sparse) {
        STAITHE_TRY(put_stretch(fd, segment));
        total += segment.size;
    }
    return put_padding(total);
}

Result<void> TarWriter::finish()
{
    static constexpr char zeros[2 * block_size] = {};
    STAITHE_TRY(put(zeros, sizeof zeros));
    return flush();
}

} // namespace staithe::archive
