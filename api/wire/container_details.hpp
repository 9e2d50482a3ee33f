// What inspecting a container shows.
#pragma once

#include <string>

#include "api/services/container.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

/// A container's addresses and ports. Containers have loopback only, so every value is the zero of its type.
struct NetworkSettings { };

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
Fields<NetworkSettings> network_settings_fields();

std::string encode_container(api::ContainerDetails const&, DetailsFields const&);

} // namespace staithe::wire
