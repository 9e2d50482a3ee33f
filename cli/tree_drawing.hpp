// The graph of images as lines of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/image_graph.hpp"

namespace staithe::cli {

/// What branches are drawn with; all of the same width.
struct TreeMarks {
    std::string_view fork, last, rule, gap;

    static constexpr TreeMarks boxes() { return { "├─ ", "└─ ", "│  ", "   " }; }
    static constexpr TreeMarks ascii() { return { "|- ", "`- ", "|  ", "   " }; }
};

struct TreeLine {
    std::string marks;
    size_t image; ///< an index of the graph
};

/// Every image on a line of its own, below the one that it lies on. A branch begins at each root and wherever an image
/// has several children; the only child of an image goes on in its branch, so long rows of layers do not drift away.
std::vector<TreeLine> draw_tree(ImageGraph const&, TreeMarks const&);

/// Boxes where the locale's encoding has them and standard output is no terminal that is known to lack them.
TreeMarks suitable_marks();

} // namespace staithe::cli
