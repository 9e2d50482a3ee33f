// Names of signals.
#pragma once

#include <string_view>

namespace staithe::build {

/// "SIGTERM", "term", "SIGRTMIN+3", "9": what STOPSIGNAL takes.
bool is_signal(std::string_view);

} // namespace staithe::build
