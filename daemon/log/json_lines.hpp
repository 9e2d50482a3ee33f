// A log as json-file lines: {"log":"…\n","stream":"stdout","time":"2013-11-22T10:00:00.000000001Z"}, one per line that
// the container wrote.
#pragma once

#include <string>

#include <staithe/cpp/stream.hpp>

#include "daemon/log/record.hpp"

namespace staithe::log {

/// Joins records into lines, each stream for itself. A line has the time of its first byte. Bytes that are not UTF-8
/// become U+FFFD.
class JsonLines {
public:
    static constexpr size_t max_line_bytes = 1u << 20; ///< a longer one is given in pieces

    /// Appends the lines that this record completes.
    void add(Record const&, std::string& out);
    /// Appends what has no line feed at its end.
    void finish(std::string& out);

private:
    struct Pending {
        std::string bytes;
        int64_t time_ns = 0;
    };
    void flush(Stream, std::string& out);
    Pending& pending(Stream stream) { return m_pending[stream == Stream::Err]; }

    Pending m_pending[2];
};

/// The whole log in a container's state directory.
Result<void> write_json_lines(int directory, Sink&);

} // namespace staithe::log
