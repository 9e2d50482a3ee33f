// How large a Dockerfile may be, and what it says. Whoever sends more is answered with an error that names the line.
#pragma once

#include <cstddef>

namespace staithe::build::limits {

inline constexpr size_t file_bytes = 1 << 20; ///< of a Dockerfile
inline constexpr size_t lines = 100'000; ///< of a file, as an editor counts
inline constexpr size_t statements = 10'000; ///< of a file
inline constexpr size_t continuations = 10'000; ///< lines that one statement goes on for
inline constexpr size_t heredocs = 32; ///< of a statement
/// What Linux takes as one argument of a program or one variable; so also of a statement, heredocs apart.
inline constexpr size_t text_bytes = 131'071;
inline constexpr size_t environment_bytes = 1 << 20; ///< of all variables together; also of labels, of build arguments
inline constexpr size_t nesting = 16; ///< of "${A:-${B:-…}}"
inline constexpr size_t ports = 65'536; ///< that a configuration exposes
inline constexpr size_t ignore_bytes = 64 << 10; ///< of a .dockerignore
inline constexpr size_t ignore_patterns = 2'000;
inline constexpr size_t pattern_bytes = 1'024;

} // namespace staithe::build::limits
