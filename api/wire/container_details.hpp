// What inspecting a container shows.
#pragma once

#include <string>

#include "api/services/container.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

/// Which fields the reply has, for it and for the objects in it.
struct DetailsFields {
    FieldSet container = all_fields, config = all_fields, state = all_fields, network = all_fields;
};

struct DetailsView {
    api::ContainerDetails const* details;
    DetailsFields const* fields;
};

Fields<DetailsView> container_details_fields();
Fields<api::ContainerState> container_state_fields();
Fields<api::NetworkState> network_settings_fields();

std::string encode_container(api::ContainerDetails const&, DetailsFields const&);

} // namespace staithe::wire
