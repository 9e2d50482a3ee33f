// Pictures of graphs, drawn by graphviz's program.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

/// Runs `dot -Tsvg`, found through PATH; its own complaints go to standard error. NOT_FOUND names the package.
Result<std::string> draw_svg(std::string_view dot);

} // namespace staithe::cli
