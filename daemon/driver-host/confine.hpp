// What a driver-host gives up before a line of the driver's code runs.
#pragma once

#include <string>

#include <staithe/plugin.h>

#include "daemon/rpc/driver_protocol.hpp"

namespace staithe::driver_host {

/// Every host: dies with its daemon, dumps no core, is killed before the daemon when memory ends, works in "/".
Result<void> confine_process();

/// By kind and purpose. Storage: an own mount namespace into which the host's mounts come and from which none goes out.
/// Registry: an unprivileged user without capabilities, who cannot gain any, behind a system call filter. A probe may
/// take a gigabyte of memory.
Result<void> confine_driver(rpc::driver::Load const&);

/// The user that registry hosts run as: "staithe" if passwd has it, else nobody (65534).
struct User {
    uid_t uid = 65534;
    gid_t gid = 65534;
};
User find_user(std::string const& passwd);

} // namespace staithe::driver_host
