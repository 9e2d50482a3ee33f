// StorageDriver by way of a driver-host: one request per function, and every answer checked before it is believed.
#pragma once

#include "daemon/drivers/generations.hpp"
#include "daemon/drivers/storage.hpp"

namespace staithe::drivers {

std::shared_ptr<StorageDriver> make_storage_face(DriverDirectory const&, HostSettings const&, std::string name);

} // namespace staithe::drivers
