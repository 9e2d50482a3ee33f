// What `DELETE /images/NAME` takes away: computed whole before anything is touched.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "api/services/image.hpp"
#include "daemon/images/index.hpp"

namespace staithe::images {

struct Deletion {
    std::vector<store::TagRecord> tags;
    std::vector<Image> images; ///< children before parents
    std::vector<api::DeletedImage> steps; ///< what the client reads
};

/// Who uses an image, for messages; empty: nobody.
using UserOf = std::function<std::string(std::string const& image)>;

/// Tags go first; an image without any left goes with its untagged children and then its untagged parents. In use:
/// the named image is CONFLICT, a relative just stays.
///
/// A name that is part of the image's id stands for all its tags, which must be of one repository; a repository without
/// a tag for all the repository's tags, whichever images they name.
Result<Deletion> plan_deletion(Index const&, std::string_view name, UserOf const&);

/// Exactly this image with all its tags. CONFLICT: it is in use, or has children.
Result<Deletion> plan_single_deletion(Index const&, std::string_view name, UserOf const&);

} // namespace staithe::images
