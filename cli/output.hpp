// Writing all of something.
#pragma once

#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

/// Writes every byte, waiting where the descriptor cannot take more. what: "standard output", for the message
/// "cannot write standard output: …"; sys_errno is EPIPE when the reader has gone.
Result<void> write_all(int fd, std::string_view bytes, std::string_view what);

} // namespace staithe::cli
