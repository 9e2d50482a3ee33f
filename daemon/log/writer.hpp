// Appends to a container's log and keeps it within its bounds.
#pragma once

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/log/reader.hpp"

namespace staithe::log {

struct Bounds {
    uint64_t segment_bytes = 0; ///< 0: one segment without end
    unsigned segments = 1;
};

/// One thread, and one writer per log.
class Writer {
public:
    /// Opens the newest segment, or makes it, and cuts a record off that a crash left torn. `directory` is borrowed for
    /// the writer's life.
    static Result<Writer> open(int directory, Bounds);

    /// Appends one record of at most max_record_bytes. On failure (a full disk) the log is as it was.
    Result<void> append(Stream, int64_t time_ns, std::string_view);

    /// A reader that begins with the record appended last.
    Result<Reader> read_from_last() const;

    /// Bytes appended through this object.
    uint64_t appended() const { return m_appended; }

    /// How much may be appended before a reader that has opened all segments misses one; 0: any amount.
    uint64_t safe_lag() const { return m_bounds.segment_bytes * m_bounds.segments / 2; }

private:
    Writer(int directory, Bounds bounds)
        : m_directory(directory)
        , m_bounds(bounds)
    {
    }
    Result<void> open_newest();
    Result<void> cut_torn_tail();
    Result<void> rotate();

    int m_directory;
    Bounds m_bounds;
    UniqueFd m_file;
    uint64_t m_size = 0, m_last = 0, m_appended = 0;
};

} // namespace staithe::log
