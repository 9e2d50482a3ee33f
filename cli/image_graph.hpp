// Images and which lies on which, put together from two answers: the list has no parents, the graph has no sizes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <Poco/JSON/Array.h>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

struct GraphImage {
    std::string id; ///< as the list has it, 64 hex digits
    std::vector<std::string> tags; ///< "repo:tag", sorted
    int64_t created = 0; ///< Unix seconds
    int64_t size = 0, total = 0; ///< bytes: of its own layer; with all layers below
    std::optional<size_t> parent; ///< none: a root
    std::vector<size_t> children; ///< oldest first
};

/// A forest: every image is reached from a root exactly once.
struct ImageGraph {
    std::vector<GraphImage> images; ///< oldest first
    std::vector<size_t> roots; ///< oldest first
};

/// list: GET /images/json?all=1; dot: GET /images/viz. Parents that are not in the list count as none, and a circle is
/// cut open at its oldest image. CORRUPT as for dot_edges().
Result<ImageGraph> make_image_graph(Poco::JSON::Array::Ptr const& list, std::string_view dot);

/// One edge of the daemon's graph; parent empty: a root.
struct DotEdge {
    std::string_view parent, child; // views of the text
};
/// CORRUPT unless every line is one that the API describes: a graph with other attributes makes graphviz read files.
Result<std::vector<DotEdge>> dot_edges(std::string_view dot);

} // namespace staithe::cli
