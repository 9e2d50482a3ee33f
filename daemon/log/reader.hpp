// Reads a container's log, over all its segments, while it may still grow and be rotated.
#pragma once

#include <sys/stat.h>

#include <deque>
#include <memory>
#include <string>

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/log/record.hpp"

namespace staithe::log {

/// The name of a segment: "log" is the newest, then "log.1", "log.2".
std::string segment_name(unsigned age);

/// One thread. Damage (a torn tail) ends a segment, never the reading.
class Reader {
public:
    /// From the oldest record that is left. `directory` is borrowed for the reader's life. A container without a log
    /// has an empty one.
    static Result<Reader> whole(int directory);

    /// From `offset` in a segment that the caller has open.
    static Reader at(int directory, UniqueFd segment, uint64_t offset);

    /// False: this is the end, for now. The record is valid until the next call.
    Result<bool> next(Record&);

    /// Bytes of records passed so far, headers included.
    uint64_t passed() const { return m_passed; }

    /// Bytes of all segments that whole() found.
    uint64_t found_bytes() const { return m_found_bytes; }

private:
    explicit Reader(int directory)
        : m_directory(directory)
    {
    }
    bool take(Record&);
    Result<size_t> fill();
    Result<bool> turn_page();
    Result<void> open_newer_than(struct stat const* known);

    int m_directory;
    std::deque<UniqueFd> m_segments; // the first is being read
    uint64_t m_offset = 0; // in the first, of what is to be read next
    uint64_t m_passed = 0, m_found_bytes = 0;
    std::unique_ptr<char[]> m_buffer; // made at the first read
    size_t m_begin = 0, m_end = 0; // what is in it
    bool m_damaged = false;
};

} // namespace staithe::log
