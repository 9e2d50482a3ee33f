// SPDX-License-Identifier: Apache-2.0
//
// The plain bytes of an archive, whatever it was packed with. libarchive does the unpacking with exactly gzip, bzip2,
// xz and zstd; its _all() would run programs that it finds in $PATH.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <staithe/cpp/result.hpp>

namespace staithe::archive {

class ByteStream {
public:
    virtual ~ByteStream() = default;
    /// The bytes that follow, valid until the next call; none: the end.
    virtual Result<std::span<char const>> next() = 0;
};

/// Reads fd to its end. Input of fewer than ten bytes is "Tarball too short"; damage, truncation, and compression in
/// several coats are STAITHE_CORRUPT; a window that does not fit into the process's memory limit is STAITHE_RANGE.
Result<std::unique_ptr<ByteStream>> decompress(int fd);

} // namespace staithe::archive
