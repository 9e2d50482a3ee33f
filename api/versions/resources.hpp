// Which fields each resource has at a version: the tables, and their application to the wire room's lists.
#pragma once

#include "api/versions/version_rows.hpp"
#include "api/wire/container_details.hpp"
#include "api/wire/image.hpp"
#include "api/wire/image_history.hpp"

namespace staithe::versions {

FieldRows config_rows();
FieldRows container_summary_rows();
FieldRows container_details_rows();
FieldRows container_state_rows();
FieldRows network_settings_rows();
FieldRows created_rows();
FieldRows event_rows();
FieldRows image_summary_rows();
FieldRows image_details_rows();
FieldRows image_step_rows();
FieldRows info_rows();
FieldRows progress_rows();

wire::FieldSet container_summary(ApiVersion);
wire::DetailsFields container_details(ApiVersion);
wire::FieldSet created(ApiVersion);
wire::FieldSet event(ApiVersion);
wire::FieldSet image_summary(ApiVersion);
wire::ImageFields image_details(ApiVersion);
wire::FieldSet image_step(ApiVersion);
wire::FieldSet info(ApiVersion);
wire::FieldSet progress(ApiVersion);
wire::FieldSet version(ApiVersion);

} // namespace staithe::versions
