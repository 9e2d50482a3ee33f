// SPDX-License-Identifier: Apache-2.0
//
// Names of archive members: bytes that a stranger chose. Everything here is about what a name may be before any path
// is built from it.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

#include "trees/names.hpp"

namespace staithe::archive {

/// What "/a//./b/" means below the root of a layer: "a/b"; the root itself is "". A name that is empty, has a ".."
/// component or a NUL byte, or is longer than 64 KiB is STAITHE_CORRUPT.
Result<std::string> clean_name(std::string_view raw);

using trees::quoted;

/// "a/b/c" as "a/b" and "c"; the parent of "c" is "".
struct SplitName {
    std::string_view parent, leaf;
};
SplitName split_name(std::string_view clean);

/// What AUFS's naming makes of a member.
enum class Marker {
    None, ///< an ordinary member
    Deletes, ///< ".wh.NAME": NAME of the layers below is gone
    Opaque, ///< ".wh..wh..opq": everything below this directory is gone
    Bookkeeping, ///< ".wh..wh.aufs", ".wh..wh.orph" and what is in them: means nothing
    Pseudolink, ///< ".wh..wh.plnk/NAME": a place where AUFS keeps the content of hard links
};

/// Classifies a clean name. A whiteout that deletes ".", ".." or nothing, and one used as a directory, is
/// STAITHE_CORRUPT.
Result<Marker> marker_of(std::string_view clean);

inline constexpr std::string_view whiteout_prefix = ".wh.";
inline constexpr std::string_view pseudolink_directory = ".wh..wh.plnk";

} // namespace staithe::archive
