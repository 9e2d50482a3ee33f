// The configuration file: "[section]" lines, "key = value" lines, and comments after '#' or ';' at a line's beginning.
#pragma once

#include <string>
#include <string_view>

#include "daemon/config/config.hpp"

namespace staithe::config {

/// Applies a file's text. `name` is for messages: "'FILE' line 3: unknown setting 'x'".
Result<void> apply_file(Config&, std::string_view text, std::string const& name);

} // namespace staithe::config
