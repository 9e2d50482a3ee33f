#include "daemon/log/reader.hpp"

#include <cstring>

namespace staithe::log {

namespace {
    constexpr size_t buffer_bytes = 2 * (max_record_bytes + header_bytes);
    constexpr unsigned max_segments = 1000;
} // namespace

std::string segment_name(unsigned age)
{
    return age == 0 ? "log" : "log." + std::to_string(age);
}

Result<Reader> Reader::whole(int directory)
{
    Reader reader(directory);
    STAITHE_TRY(reader.open_newer_than(nullptr));
    for (auto const& segment : reader.m_segments) {
        struct stat status { };
        if (::fstat(segment.get(), &status) != 0)
            return errno_error("cannot look at log");
        reader.m_found_bytes += static_cast<uint64_t>(status.st_size);
    }
    return reader;
}

Reader Reader::at(int directory, UniqueFd segment, uint64_t offset)
{
    Reader reader(directory);
    reader.m_segments.push_back(std::move(segment));
    reader.m_offset = offset;
    return reader;
}

// Newest first: a rotation that comes between shows a segment twice, which is seen, instead of hiding one.
Result<void> Reader::open_newer_than(struct stat const* known)
{
    size_t const before = m_segments.size();
    struct stat last { };
    for (unsigned age = 0; age < max_segments; ++age) {
        UniqueFd fd(::openat(m_directory, segment_name(age).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (!fd && errno == ENOENT)
            break;
        struct stat status { };
        if (!fd || ::fstat(fd.get(), &status) != 0)
            return errno_error("cannot open log segment '" + segment_name(age) + "'");
        if (!S_ISREG(status.st_mode))
            return Error { STAITHE_CORRUPT, 0, "log segment '" + segment_name(age) + "' is not a file" };
        if (known && status.st_ino == known->st_ino && status.st_dev == known->st_dev)
            break;
        if (m_segments.size() > before && status.st_ino == last.st_ino)
            continue;
        last = status;
        m_segments.insert(m_segments.begin() + static_cast<ptrdiff_t>(before), std::move(fd));
    }
    return {};
}

Result<bool> Reader::next(Record& record)
{
    for (;;) {
        if (take(record))
            return true;
        bool const more = !m_segments.empty() && !m_damaged && STAITHE_TRY(fill()) > 0;
        if (!more && !STAITHE_TRY(turn_page()))
            return false;
    }
}

bool Reader::take(Record& record)
{
    size_t const have = m_end - m_begin;
    if (m_damaged || have < header_bytes)
        return false;
    auto const header = parse(m_buffer.get() + m_begin);
    if (!header) {
        m_damaged = true;
        return false;
    }
    if (have - header_bytes < header->length)
        return false;
    record = { *header, { m_buffer.get() + m_begin + header_bytes, header->length } };
    m_begin += header_bytes + header->length;
    m_passed += header_bytes + header->length;
    return true;
}

Result<size_t> Reader::fill()
{
    if (!m_buffer)
        m_buffer.reset(new char[buffer_bytes]);
    if (m_begin > 0) {
        std::memmove(m_buffer.get(), m_buffer.get() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    ssize_t const n =
        ::pread(m_segments.front().get(), m_buffer.get() + m_end, buffer_bytes - m_end, static_cast<off_t>(m_offset));
    if (n < 0)
        return errno_error("cannot read log");
    m_offset += static_cast<size_t>(n);
    m_end += static_cast<size_t>(n);
    return static_cast<size_t>(n);
}

Result<bool> Reader::turn_page()
{
    if (m_segments.empty()) {
        STAITHE_TRY(open_newer_than(nullptr));
        return !m_segments.empty();
    }
    if (m_segments.size() == 1) {
        struct stat current { };
        struct stat newest { };
        if (::fstat(m_segments.front().get(), &current) != 0)
            return errno_error("cannot look at log");
        if (::fstatat(m_directory, "log", &newest, AT_SYMLINK_NOFOLLOW) != 0 || newest.st_ino == current.st_ino)
            return false;
        STAITHE_TRY(open_newer_than(&current));
        // Something may have been appended between the last read and the rotation.
        if (m_segments.size() == 1 || (!m_damaged && STAITHE_TRY(fill()) > 0))
            return m_segments.size() > 1;
    }
    m_segments.pop_front();
    m_offset = m_begin = m_end = 0;
    m_damaged = false;
    return true;
}

} // namespace staithe::log
