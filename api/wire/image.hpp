// Images: the list, one in detail, what a removal did, and what a check of them found.
#pragma once

#include <string>
#include <vector>

#include "api/services/image.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

struct ImageFields {
    FieldSet image = all_fields, config = all_fields;
};

struct ImageView {
    api::ImageDetails const* image;
    ImageFields const* fields;
};

Fields<api::ImageSummary> image_summary_fields();
Fields<ImageView> image_details_fields();

std::string encode_image_list(std::vector<api::ImageSummary> const&, FieldSet);
std::string encode_image(api::ImageDetails const&, ImageFields const&);
/// [{"Untagged":"…"},{"Deleted":"…"}]
std::string encode_removed(std::vector<api::DeletedImage> const&);
/// {"Id":"…","Tags":["repo:tag"],"Good":true,"Problem":""}
std::string encode_image_check(api::ImageCheck const&);

} // namespace staithe::wire
