// Making bytes that a process chose fit to be shown.
#pragma once

#include <string>
#include <string_view>

namespace staithe::processes {

/// Printable UTF-8 as it is; control characters, and each byte that is no UTF-8, as "?".
std::string printable(std::string_view bytes);

} // namespace staithe::processes
