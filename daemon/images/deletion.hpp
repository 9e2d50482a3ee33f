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

/// Who uses an image: a container's name for messages, empty for nobody.
using UserOf = std::function<std::string(std::string const& image)>;

/// Tags go first; an image without any left goes with its untagged children and then its untagged parents. In use:
/// the named image is CONFLICT, a relative just stays.
Result<Deletion> plan_deletion(Index const&, std::string_view name, UserOf const&);

} // namespace staithe::images
