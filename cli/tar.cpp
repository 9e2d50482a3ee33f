#include "cli/tar.hpp"

#include <algorithm>
#include <charconv>

#include "cli/format.hpp"
#include "cli/tar_header.hpp"

namespace staithe::cli {

namespace {

    constexpr uint64_t extension_limit = 8 << 20; // a path has at most a few KiB, but attributes come along
    constexpr uint64_t size_limit = uint64_t { 1 } << 62;
    constexpr size_t segment_limit = 1 << 20;

    Error corrupt(std::string cause)
    {
        return { STAITHE_CORRUPT, 0, "the archive is damaged: " + std::move(cause) };
    }

    Error unsupported(std::string const& what)
    {
        return { STAITHE_UNSUPPORTED, 0, "the archive has " + what + ", which staithe does not understand" };
    }

    uint64_t padding_of(uint64_t size)
    {
        return (tar_block - size % tar_block) % tar_block;
    }

    std::optional<uint64_t> decimal(std::string_view text)
    {
        uint64_t value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value >= size_limit)
            return std::nullopt;
        return value;
    }

    /// "1384000000.5", also before 1970.
    std::optional<timespec> pax_time(std::string_view text)
    {
        bool const negative = text.starts_with('-');
        text.remove_prefix(negative ? 1 : 0);
        auto const dot = text.find('.');
        auto const seconds = decimal(text.substr(0, dot));
        std::string digits(dot == text.npos ? "" : text.substr(dot + 1, 9));
        digits.resize(9, '0');
        auto const nanoseconds = decimal(digits);
        if (!seconds || !nanoseconds)
            return std::nullopt;
        timespec time { static_cast<time_t>(*seconds), static_cast<long>(*nanoseconds) };
        if (negative) {
            time.tv_sec = -time.tv_sec - (time.tv_nsec ? 1 : 0);
            time.tv_nsec = time.tv_nsec ? 1'000'000'000 - time.tv_nsec : 0;
        }
        return time;
    }

    std::optional<TarMember::Type> type_of(char flag)
    {
        switch (flag) {
        case '\0':
        case '0':
        case '7': return TarMember::Type::File;
        case '1': return TarMember::Type::HardLink;
        case '2': return TarMember::Type::Symlink;
        case '3':
        case '4':
        case '6': return TarMember::Type::Node;
        case '5': return TarMember::Type::Directory;
        default: return std::nullopt;
        }
    }

} // namespace

Result<void> TarReader::feed(std::string_view bytes)
{
    while (!bytes.empty()) {
        if (m_state == State::Ended)
            return {};
        if (m_skip > 0) {
            auto const skipped = static_cast<size_t>(std::min<uint64_t>(m_skip, bytes.size()));
            m_skip -= skipped;
            bytes.remove_prefix(skipped);
        } else if (m_state == State::Header) {
            auto const part = bytes.substr(0, tar_block - m_block.size());
            m_block += part;
            bytes.remove_prefix(part.size());
            if (m_block.size() == tar_block)
                STAITHE_TRY(header());
        } else if (m_state == State::Extension) {
            auto const part = bytes.substr(0, static_cast<size_t>(std::min<uint64_t>(m_left, bytes.size())));
            m_body += part;
            m_left -= part.size();
            bytes.remove_prefix(part.size());
            if (m_left == 0)
                STAITHE_TRY(extension());
        } else if (m_state == State::SparseMap) {
            if (m_left-- == 0)
                return corrupt("a sparse map does not end");
            STAITHE_TRY(map_byte(bytes.front()));
            bytes.remove_prefix(1);
        } else {
            bytes.remove_prefix(STAITHE_TRY(take_data(bytes)));
        }
    }
    return {};
}

Result<void> TarReader::finish() const
{
    if (m_state != State::Ended)
        return corrupt("it was cut");
    return {};
}

Result<void> TarReader::header()
{
    auto const block = std::exchange(m_block, {});
    TarHeader const head(block);
    if (head.is_zero()) {
        m_state = State::Ended;
        return {};
    }
    auto const size = head.size();
    if (!head.has_right_checksum() || !size || *size >= size_limit)
        return corrupt("a member's header is none");
    char const type = head.type();
    if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
        if (*size > extension_limit)
            return corrupt("an extended header is too long");
        m_extension = type;
        m_left = *size;
        m_padding = padding_of(*size);
        m_body.clear();
        m_state = State::Extension;
        return m_left == 0 ? extension() : Result<void>();
    }
    m_member = {};
    m_member.name = head.name();
    m_member.link = head.link();
    m_member.mode = static_cast<mode_t>(head.mode().value_or(0)) & 0777;
    m_member.mtime.tv_sec = static_cast<time_t>(std::min(head.mtime().value_or(0), size_limit));
    return member(type, *size);
}

Result<void> TarReader::member(char flag, uint64_t size)
{
    auto const overrides = std::exchange(m_overrides, {});
    auto const type = type_of(flag);
    if (!type)
        return unsupported(flag == 'S' ? "a sparse file in GNU's old form" : "a member of an unknown type");
    m_member.type = *type;
    m_member.name = overrides.sparse_name.value_or(overrides.name.value_or(m_member.name));
    m_member.link = overrides.link.value_or(m_member.link);
    m_member.mtime = overrides.mtime.value_or(m_member.mtime);
    m_left = overrides.size.value_or(size);
    m_padding = padding_of(m_left);
    // Before ustar there was no type for directories.
    if (*type == TarMember::Type::File && m_member.name.ends_with('/'))
        m_member.type = TarMember::Type::Directory;
    if (m_member.type != TarMember::Type::File && m_left > 0)
        return corrupt("'" + printable(m_member.name) + "' has data but is no file");
    m_member.size = overrides.sparse ? overrides.real_size.value_or(0) : m_left;
    m_segments.clear();
    m_numbers.clear();
    m_segment = 0;
    m_done = 0;
    m_stored = m_left;
    if (overrides.sparse && m_member.type == TarMember::Type::File) {
        m_state = State::SparseMap;
        return {};
    }
    m_segments.push_back({ 0, m_left });
    STAITHE_TRY(m_receiver.begin(m_member));
    m_state = State::Data;
    return m_left == 0 ? end_member() : Result<void>();
}

Result<void> TarReader::extension()
{
    m_state = State::Header;
    m_skip = m_padding;
    auto const body = std::exchange(m_body, {});
    auto const text = body.substr(0, body.find('\0'));
    if (m_extension == 'L')
        m_overrides.name = text;
    else if (m_extension == 'K')
        m_overrides.link = text;
    else if (m_extension == 'x')
        return pax(body);
    return {};
}

Result<void> TarReader::pax(std::string_view body)
{
    while (!body.empty() && body.front() != '\0') {
        auto const blank = body.find(' ');
        auto const length = decimal(body.substr(0, blank));
        if (blank == body.npos || !length || *length > body.size() || *length < blank + 3
            || body[static_cast<size_t>(*length) - 1] != '\n')
            return corrupt("an extended header has a wrong length");
        auto const record = body.substr(blank + 1, static_cast<size_t>(*length) - blank - 2);
        auto const equals = record.find('=');
        if (equals == record.npos)
            return corrupt("an extended header has no value");
        STAITHE_TRY(pax_record(record.substr(0, equals), record.substr(equals + 1)));
        body.remove_prefix(static_cast<size_t>(*length));
    }
    return {};
}

Result<void> TarReader::pax_record(std::string_view key, std::string_view value)
{
    auto const bad = [&] { return corrupt("extended header '" + printable(key) + "' has a wrong value"); };
    if (key == "path") {
        m_overrides.name = value;
    } else if (key == "linkpath") {
        m_overrides.link = value;
    } else if (key == "GNU.sparse.name") {
        m_overrides.sparse_name = value;
    } else if (key == "size" || key == "GNU.sparse.realsize") {
        auto& field = key == "size" ? m_overrides.size : m_overrides.real_size;
        field = decimal(value);
        return field ? Result<void>() : bad();
    } else if (key == "mtime") {
        m_overrides.mtime = pax_time(value);
        return m_overrides.mtime ? Result<void>() : bad();
    } else if (key == "GNU.sparse.major") {
        m_overrides.sparse = value == "1";
        if (!m_overrides.sparse)
            return unsupported("a sparse file in an old form");
    } else if (key == "GNU.sparse.map" || key == "GNU.sparse.offset") {
        return unsupported("a sparse file in an old form");
    }
    return {};
}

Result<void> TarReader::map_byte(char byte)
{
    if (byte != '\n') {
        m_number += byte;
        return m_number.size() > 20 ? Result<void>(corrupt("a sparse map is none")) : Result<void>();
    }
    auto const number = decimal(std::exchange(m_number, {}));
    if (!number || (m_numbers.empty() && *number > segment_limit))
        return corrupt("a sparse map is none");
    m_numbers.push_back(*number);
    return m_numbers.size() == 1 + 2 * m_numbers.front() ? map_done() : Result<void>();
}

Result<void> TarReader::map_done()
{
    uint64_t end = 0, total = 0;
    for (size_t i = 1; i < m_numbers.size(); i += 2) {
        Segment const segment { m_numbers[i], m_numbers[i + 1] };
        if (segment.offset < end || segment.size > size_limit - segment.offset)
            return corrupt("a sparse map is not in order");
        end = segment.offset + segment.size;
        total += segment.size;
        m_segments.push_back(segment);
    }
    m_skip = padding_of(m_stored - m_left); // the map fills whole blocks
    if (end > m_member.size || m_skip > m_left || total != m_left - m_skip)
        return corrupt("a sparse map does not fit its file");
    m_left -= m_skip;
    STAITHE_TRY(m_receiver.begin(m_member));
    m_state = State::Data;
    return m_left == 0 ? end_member() : Result<void>();
}

Result<size_t> TarReader::take_data(std::string_view bytes)
{
    for (; m_done == m_segments[m_segment].size; ++m_segment)
        m_done = 0;
    auto const& segment = m_segments[m_segment];
    auto const part = bytes.substr(0, static_cast<size_t>(std::min<uint64_t>(segment.size - m_done, bytes.size())));
    STAITHE_TRY(m_receiver.data(segment.offset + m_done, part));
    m_done += part.size();
    m_left -= part.size();
    if (m_left == 0)
        STAITHE_TRY(end_member());
    return part.size();
}

Result<void> TarReader::end_member()
{
    m_state = State::Header;
    m_skip += m_padding;
    return m_receiver.end();
}

} // namespace staithe::cli
