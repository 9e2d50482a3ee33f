// The small answers.
#pragma once

#include <string>

#include "api/services/container.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

Fields<api::CreatedContainer> created_fields();

std::string encode_created(api::CreatedContainer const&, FieldSet);
/// {"Id":"…"}, with as many digits as are given
std::string encode_id(std::string_view id);
/// {"StatusCode":0}
std::string encode_exit(int code);

} // namespace staithe::wire
