// SPDX-License-Identifier: Apache-2.0
//
// Writes tar: ustar headers, with PAX records exactly where ustar has no room, so that equal trees give equal bytes.
#pragma once

#include <memory>

#include <staithe/cpp/stream.hpp>

#include "plugins/common/archive/tar_format.hpp"

namespace staithe::archive {

class TarWriter {
public:
    explicit TarWriter(Sink& sink);

    /// Writes the header of a member; the name of a directory ends in "/". Of a regular file with entry.size > 0
    /// append_file() must follow.
    Result<void> add(Entry const& entry);
    /// Writes the data of the member from fd: the parts in entry.sparse, or all of it. A file that has become shorter
    /// is filled up with zeros, since its size is already told.
    Result<void> append_file(Entry const& entry, int fd);
    /// The two blocks of zeros. Nothing follows.
    Result<void> finish();

private:
    Result<void> put(void const* data, size_t size);
    Result<void> put_padding(uint64_t size);
    Result<void> put_pax(Entry const& entry, std::string const& body);
    Result<void> put_stretch(int fd, Segment const& segment);
    Result<void> flush();

    Sink& m_sink;
    std::unique_ptr<char[]> m_buffer;
    size_t m_used = 0;
};

} // namespace staithe::archive
