// Where a file that a client names goes in the tree of an image, which a stranger made.
#pragma once

#include <string>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::images {

/// Names as an archive has them: below the root, without a slash at either end. No part of them is a symbolic link.
struct InsertTarget {
    std::vector<std::string> directories; ///< to be made, in this order
    std::string file;
};

/// root: a descriptor of the tree's root, which nobody writes to. Links on the way are followed as the image's programs
/// follow them, within the tree. EXISTS: "PATH exists". INVALID: a path with "..", one that ends nowhere or is no
/// file's, or with a name that archives understand as a deletion.
Result<InsertTarget> find_insert_target(int root, std::string const& path);

} // namespace staithe::images
