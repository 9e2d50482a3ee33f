// What the daemon says about itself and its drivers.
#pragma once

#include <string>
#include <vector>

#include "api/services/system_service.hpp"
#include "api/wire/field.hpp"

namespace staithe::wire {

struct InfoView {
    api::SystemInfo const* info;
    api::SystemVersion const* version;
    std::vector<api::DriverInfo> const* drivers; ///< null: the drivers could not be asked
};

Fields<InfoView> info_fields();
Fields<api::SystemVersion> version_fields();

std::string encode_info(InfoView const&, FieldSet);
std::string encode_version(api::SystemVersion const&, FieldSet);
/// A list of {"Kind","Name","State","Reason","Default","Summary","Version","Package","File"}.
std::string encode_drivers(std::vector<api::DriverInfo> const&);

} // namespace staithe::wire
