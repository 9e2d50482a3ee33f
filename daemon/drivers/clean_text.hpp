// Text that a driver gave, made fit for a log line or an API answer.
#pragma once

#include <string>
#include <string_view>

namespace staithe::drivers {

/// Valid UTF-8 on one line: every control character is a space, every byte that belongs to no character a '?'.
std::string clean_text(std::string_view);

} // namespace staithe::drivers
