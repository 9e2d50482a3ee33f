#include "daemon/log/writer.hpp"

#include <sys/uio.h>

#include <algorithm>

namespace staithe::log {

namespace {
    constexpr uint64_t min_segment_bytes = 2 * (max_record_bytes + header_bytes);
    constexpr unsigned max_segments = 100;
} // namespace

Result<Writer> Writer::open(int directory, Bounds bounds)
{
    if (bounds.segment_bytes != 0)
        bounds.segment_bytes = std::clamp<uint64_t>(bounds.segment_bytes, min_segment_bytes, 1ull << 40);
    bounds.segments = std::clamp(bounds.segments, 1u, max_segments);
    Writer writer(directory, bounds);
    STAITHE_TRY(writer.open_newest());
    STAITHE_TRY(writer.cut_torn_tail());
    return writer;
}

Result<void> Writer::open_newest()
{
    int const flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    UniqueFd file(::openat(m_directory, "log", flags, 0600));
    struct stat status { };
    if (!file || ::fstat(file.get(), &status) != 0)
        return errno_error("cannot open log");
    if (!S_ISREG(status.st_mode))
        return Error { STAITHE_CORRUPT, 0, "the log is not a file" };
    m_file = std::move(file);
    m_size = m_last = static_cast<uint64_t>(status.st_size);
    return {};
}

Result<void> Writer::cut_torn_tail()
{
    if (m_size == 0)
        return {};
    auto reader = Reader::at(m_directory, STAITHE_TRY(m_file.duplicate()), 0);
    Record record;
    while (STAITHE_TRY(reader.next(record))) { }
    if (reader.passed() == m_size)
        return {};
    m_size = m_last = reader.passed();
    if (::ftruncate(m_file.get(), static_cast<off_t>(m_size)) != 0)
        return errno_error("cannot cut the torn tail of the log");
    return {};
}

Result<void> Writer::append(Stream stream, int64_t time_ns, std::string_view bytes)
{
    uint64_t const size = header_bytes + bytes.size();
    if (m_bounds.segment_bytes != 0 && m_size > 0 && m_size + size > m_bounds.segment_bytes)
        STAITHE_TRY(rotate());
    char header[header_bytes];
    put(header, { stream, static_cast<uint32_t>(bytes.size()), time_ns });
    iovec const parts[2] = { { header, sizeof header }, { const_cast<char*>(bytes.data()), bytes.size() } };
    ssize_t n = 0;
    do
        n = ::writev(m_file.get(), parts, 2);
    while (n < 0 && errno == EINTR);
    if (n != static_cast<ssize_t>(size)) {
        int const cause = n < 0 ? errno : ENOSPC;
        if (n > 0 && ::ftruncate(m_file.get(), static_cast<off_t>(m_size)) != 0)
            STAITHE_TRY(rotate());
        return errno_error("cannot write log", cause);
    }
    m_last = m_size;
    m_size += size;
    m_appended += size;
    return {};
}

Result<void> Writer::rotate()
{
    for (unsigned age = m_bounds.segments; age-- > 0;) {
        auto const from = segment_name(age);
        int const failed = age + 1 == m_bounds.segments
            ? ::unlinkat(m_directory, from.c_str(), 0)
            : ::renameat(m_directory, from.c_str(), m_directory, segment_name(age + 1).c_str());
        if (failed && errno != ENOENT)
            return errno_error("cannot rotate log");
    }
    return open_newest();
}

Result<Reader> Writer::read_from_last() const
{
    return Reader::at(m_directory, STAITHE_TRY(m_file.duplicate()), m_last);
}

} // namespace staithe::log
