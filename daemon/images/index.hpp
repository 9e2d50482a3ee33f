// All images and tags in memory, and how a name finds an image. A plain value: whoever holds it locks it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/records.hpp"

namespace staithe::images {

/// shared: a record stays readable for whoever found it while the image is being deleted.
using Image = std::shared_ptr<store::ImageRecord const>;

struct Index {
    std::map<std::string, Image, std::less<>> by_id;
    std::map<std::string, std::map<std::string, std::string>, std::less<>> tags; ///< repository → tag → id

    /// A unique id prefix, else repo[:tag], else repo:<prefix of an id in repo>; null: unknown.
    Image find(std::string_view name) const;
    /// The alphabetically first "repo:tag", else 12 digits.
    std::string display_name(std::string const& id) const;
    std::vector<store::TagRecord> tags_of(std::string const& id) const;
    std::vector<Image> children_of(std::string const& id) const;
    /// "repo:tag" of every image that has any, sorted.
    std::map<std::string, std::vector<std::string>> names_by_image() const;
    /// The image, its parent, and so on down to its root.
    std::vector<Image> line_of(Image) const;
    int64_t virtual_size(store::ImageRecord const&) const;
};

} // namespace staithe::images
