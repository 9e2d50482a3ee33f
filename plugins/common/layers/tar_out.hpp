// SPDX-License-Identifier: Apache-2.0
//
// A comparison of trees as an archive in exchange form.
#pragma once

#include <staithe/cpp/stream.hpp>

#include "plugins/common/layers/differences.hpp"

namespace staithe::layers {

/// Writes what compare() tells as a plain tar; deletions become whiteouts. The root is the member "./" and comes
/// first, where it differs. Of a live tree, what vanishes under way is left out.
Result<void> write_tar(staithe_call const& call, Comparison const& comparison, Sink& sink);

} // namespace staithe::layers
