// One thing that has happened, as GET /events tells it.
#pragma once

#include <string>

#include "api/services/event_service.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

Fields<api::Event> event_fields();

std::string encode_event(api::Event const&, FieldSet);

} // namespace staithe::wire
