// From a Call message to a function of the driver's table and back.
#pragma once

#include "daemon/driver-host/active_call.hpp"
#include "daemon/driver-host/image.hpp"

namespace staithe::driver_host {

/// Runs the call in this thread and gives the message that answers it: Done or Failed. Elements of lists are sent as
/// Parts on the way. Nothing that the driver throws, and no answer outside its contract, gets further than a Failed.
rpc::Message perform(Image const&, ActiveCall&, Outbox&);

} // namespace staithe::driver_host
