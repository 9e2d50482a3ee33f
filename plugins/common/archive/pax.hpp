// SPDX-License-Identifier: Apache-2.0
//
// PAX extended headers: the records that overrule what a tar header says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "plugins/common/archive/tar_format.hpp"

namespace staithe::archive {

/// More stretches than this in one sparse file are refused: 2^20 of them take 16 MiB.
inline constexpr size_t most_segments = size_t { 1 } << 20;

/// What one extended header said; unset: nothing.
struct PaxRecords {
    std::optional<std::string> path, link;
    std::optional<uint64_t> size;
    std::optional<uint32_t> uid, gid;
    std::optional<timespec> mtime;
    std::vector<Xattr> xattrs;

    // GNU's three ways to say "sparse".
    std::optional<std::string> sparse_name;
    std::optional<uint64_t> sparse_size; ///< with the holes
    std::optional<uint64_t> sparse_major; ///< 1: the map leads the data
    std::vector<Segment> sparse_map; ///< of versions 0.0 and 0.1
    bool sparse_mapped = false;
};

/// Reads the body of an 'x' header. A record that is malformed, or a known key with a malformed value, is
/// STAITHE_CORRUPT; unknown keys are passed over.
Result<PaxRecords> parse_pax(std::string_view body);

/// Appends the record "LENGTH KEY=VALUE\n".
void append_pax(std::string& body, std::string_view key, std::string_view value);

/// A decimal number and nothing else.
std::optional<uint64_t> parse_decimal(std::string_view digits);

} // namespace staithe::archive
