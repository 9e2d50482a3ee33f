// How an image came to be, and how all images hang together: the history of one, the graph of all.
#pragma once

#include <string>
#include <vector>

#include "api/services/image.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

Fields<api::ImageStep> image_step_fields();

/// From the image down to its root, as given.
std::string encode_history(std::vector<api::ImageStep> const&, FieldSet);

/// The graph in the language of dot: an edge per image, then a label per tagged image. In labels '"' and '\' are
/// escaped and control characters left out, because a tag may hold anything.
std::string encode_graph(std::vector<api::ImageNode> const&);

} // namespace staithe::wire
