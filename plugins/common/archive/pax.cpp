// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/pax.hpp"

#include <charconv>
#include <limits>

namespace staithe::archive {

namespace {

    constexpr std::string_view xattr_prefix = "SCHILY.xattr.";

    Error bad_record(std::string_view key)
    {
        return { STAITHE_CORRUPT, 0,
            "cannot read the archive: extended header has a bad record '" + std::string(key.substr(0, 64)) + "'" };
    }

    /// "-12.5": whole seconds and nanoseconds, which count upwards from the seconds.
    std::optional<timespec> parse_time(std::string_view value)
    {
        bool const negative = value.starts_with('-');
        if (negative)
            value.remove_prefix(1);
        auto const dot = value.find('.');
        auto const seconds = parse_decimal(value.substr(0, dot));
        if (!seconds || *seconds > static_cast<uint64_t>(std::numeric_limits<int64_t>::max() / 2))
            return std::nullopt;
        long nanoseconds = 0;
        auto const fraction = dot == value.npos ? std::string_view() : value.substr(dot + 1);
        for (size_t i = 0; i < fraction.size(); ++i)
            if (fraction[i] < '0' || fraction[i] > '9')
                return std::nullopt;
        for (size_t i = 0; i < 9; ++i)
            nanoseconds = nanoseconds * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
        auto whole = static_cast<int64_t>(*seconds);
        if (negative)
            whole = nanoseconds ? -whole - 1 : -whole;
        return timespec { whole, negative && nanoseconds ? 1'000'000'000 - nanoseconds : nanoseconds };
    }

    template <class T> bool assign_number(std::optional<T>& into, std::string_view value)
    {
        auto const number = parse_decimal(value);
        if (!number || *number > std::numeric_limits<T>::max())
            return false;
        into = static_cast<T>(*number);
        return true;
    }

    bool assign_time(PaxRecords& records, std::string_view value)
    {
        records.mtime = parse_time(value);
        return records.mtime.has_value();
    }

    /// Version 0.1: "offset,size,offset,size".
    bool assign_map(PaxRecords& records, std::string_view value)
    {
        records.sparse_mapped = true;
        records.sparse_map.clear();
        while (!value.empty()) {
            uint64_t pair[2];
            for (auto& number : pair) {
                auto const comma = std::min(value.find(','), value.size());
                auto const parsed = parse_decimal(value.substr(0, comma));
                if (!parsed)
                    return false;
                number = *parsed;
                value.remove_prefix(std::min(comma + 1, value.size()));
            }
            if (records.sparse_map.size() == most_segments)
                return false;
            records.sparse_map.push_back({ pair[0], pair[1] });
        }
        return true;
    }

    /// Version 0.0: pairs of records, an offset and then a size.
    bool append_segment(PaxRecords& records, std::string_view key, std::string_view value)
    {
        auto const number = parse_decimal(value);
        if (!number || records.sparse_map.size() == most_segments)
            return false;
        records.sparse_mapped = true;
        if (key == "GNU.sparse.offset") {
            records.sparse_map.push_back({ *number, 0 });
            return true;
        }
        if (records.sparse_map.empty())
            return false;
        records.sparse_map.back().size = *number;
        return true;
    }

    bool assign_sparse(PaxRecords& records, std::string_view key, std::string_view value)
    {
        if (key == "GNU.sparse.name")
            return records.sparse_name = value, true;
        if (key == "GNU.sparse.realsize" || key == "GNU.sparse.size")
            return assign_number(records.sparse_size, value);
        if (key == "GNU.sparse.major")
            return assign_number(records.sparse_major, value) && *records.sparse_major <= 1;
        if (key == "GNU.sparse.map")
            return assign_map(records, value);
        if (key == "GNU.sparse.offset" || key == "GNU.sparse.numbytes")
            return append_segment(records, key, value);
        return true;
    }

    bool assign(PaxRecords& records, std::string_view key, std::string_view value)
    {
        if (key == "path")
            return records.path = value, true;
        if (key == "linkpath")
            return records.link = value, true;
        if (key == "size")
            return assign_number(records.size, value);
        if (key == "uid")
            return assign_number(records.uid, value);
        if (key == "gid")
            return assign_number(records.gid, value);
        if (key == "mtime")
            return assign_time(records, value);
        if (key.starts_with(xattr_prefix))
            records.xattrs.push_back({ std::string(key.substr(xattr_prefix.size())), std::string(value) });
        return key.starts_with("GNU.sparse.") ? assign_sparse(records, key, value) : true;
    }

} // namespace

std::optional<uint64_t> parse_decimal(std::string_view digits)
{
    uint64_t value = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

Result<PaxRecords> parse_pax(std::string_view body)
{
    PaxRecords records;
    while (!body.empty() && body.front() != '\0') {
        auto const blank = body.find(' ');
        auto const length = parse_decimal(body.substr(0, std::min(blank, body.size())));
        if (blank == body.npos || !length || *length > body.size() || *length < blank + 3 || body[*length - 1] != '\n')
            return bad_record("(length)");
        auto const record = body.substr(blank + 1, *length - blank - 2);
        body.remove_prefix(*length);
        auto const equals = record.find('=');
        if (equals == record.npos || equals == 0)
            return bad_record(record);
        if (!assign(records, record.substr(0, equals), record.substr(equals + 1)))
            return bad_record(record.substr(0, equals));
    }
    return records;
}

void append_pax(std::string& body, std::string_view key, std::string_view value)
{
    size_t const rest = key.size() + value.size() + 3; // blank, equals sign, line feed
    size_t length = rest;
    while (length != rest + std::to_string(length).size())
        length = rest + std::to_string(length).size();
    body.append(std::to_string(length)).append(" ").append(key).append("=").append(value).append("\n");
}

} // namespace staithe::archive
