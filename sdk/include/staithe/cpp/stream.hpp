// SPDX-License-Identifier: Apache-2.0
//
// Sources and sinks as C++ classes, in both directions across the border.
#pragma once

#include <cstdint>
#include <limits>

#include "../stream.h"
#include "text.hpp"

namespace staithe {

/// Something to read from. Implemented by the daemon, or a view of a staithe_source in a driver (BorrowedSource).
class Source {
public:
    static constexpr uint64_t unknown_size = std::numeric_limits<uint64_t>::max();

    virtual ~Source() = default;
    /// Up to capacity bytes; 0: the stream is complete; an Error: it was cut short.
    virtual Result<size_t> read(void* into, size_t capacity) = 0;
    /// Bytes to come, or unknown_size.
    virtual uint64_t size() const { return unknown_size; }
    /// >= 0: a descriptor that carries the same bytes and may be read instead; see staithe_source.fd.
    virtual int fd() const { return -1; }
};

/// Something to write to; write() takes all bytes or fails, and blocks while the other end is slow.
class Sink {
public:
    virtual ~Sink() = default;
    virtual Result<void> write(void const* from, size_t size) = 0;
};

/// A C source, read by C++ code.
class BorrowedSource final : public Source {
public:
    explicit BorrowedSource(staithe_source& source)
        : m_source(source)
    {
    }
    Result<size_t> read(void* into, size_t capacity) override
    {
        auto error = empty_error();
        int64_t const n = m_source.read(&m_source, into, capacity, &error);
        if (n < 0)
            return error_from(error.code ? error.code : STAITHE_IO, error);
        return static_cast<size_t>(n);
    }
    uint64_t size() const override { return m_source.size; }
    int fd() const override { return m_source.fd; }

private:
    staithe_source& m_source;
};

/// A C sink, written by C++ code.
class BorrowedSink final : public Sink {
public:
    explicit BorrowedSink(staithe_sink& sink)
        : m_sink(sink)
    {
    }
    Result<void> write(void const* from, size_t size) override
    {
        auto error = empty_error();
        if (m_sink.write(&m_sink, from, size, &error) < 0)
            return error_from(error.code ? error.code : STAITHE_IO, error);
        return {};
    }

private:
    staithe_sink& m_sink;
};

/// A C++ source as the C struct; lives as long as the source it borrows. fd: see staithe_source.fd.
class SourceTable {
public:
    explicit SourceTable(Source& source, int fd = -1)
    {
        m_table.struct_size = sizeof m_table;
        m_table.fd = fd;
        m_table.ctx = &source;
        m_table.size = source.size();
        m_table.read = [](staithe_source* self, void* into, size_t capacity, staithe_error* error) -> int64_t {
            int64_t count = -1;
            auto const code = guarded(error, [&]() -> Result<void> {
                count = static_cast<int64_t>(STAITHE_TRY(static_cast<Source*>(self->ctx)->read(into, capacity)));
                return {};
            });
            return code == STAITHE_OK ? count : -1;
        };
    }
    staithe_source* get() { return &m_table; }

private:
    staithe_source m_table {};
};

/// A C++ sink as the C struct; lives as long as the sink it borrows.
class SinkTable {
public:
    explicit SinkTable(Sink& sink, int fd = -1)
    {
        m_table.struct_size = sizeof m_table;
        m_table.fd = fd;
        m_table.ctx = &sink;
        m_table.write = [](staithe_sink* self, void const* from, size_t size, staithe_error* error) -> int64_t {
            auto const code = guarded(error, [&] { return static_cast<Sink*>(self->ctx)->write(from, size); });
            return code == STAITHE_OK ? static_cast<int64_t>(size) : -1;
        };
    }
    staithe_sink* get() { return &m_table; }

private:
    staithe_sink m_table {};
};

} // namespace staithe
