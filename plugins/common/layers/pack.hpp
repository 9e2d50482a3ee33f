// SPDX-License-Identifier: Apache-2.0
//
// A part of a mounted root as an archive, while a hostile container may be changing it.
//
// Everything is found by descriptors below the root, no link is followed on the way down, and nothing but directories
// and regular files is ever opened. What vanishes or is replaced under way is left out; the archive stays well-formed.
#pragma once

#include <string_view>

#include <staithe/cpp/plugin.hpp>
#include <staithe/cpp/stream.hpp>

namespace staithe::layers {

/// What staithe_storage.pack promises; for every driver the same, since the root is a mount already.
Result<void> pack(staithe_call const& call, int root, std::string_view path, std::string_view prefix, Sink& sink);

} // namespace staithe::layers
