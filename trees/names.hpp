// SPDX-License-Identifier: Apache-2.0
//
// Names that a stranger chose.
#pragma once

#include <string>
#include <string_view>

namespace staithe::trees {

/// A name for a message: in single quotes, bytes that are not printable ASCII as \xNN, shortened when long.
std::string quoted(std::string_view name);

} // namespace staithe::trees
