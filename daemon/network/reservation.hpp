// Keeps a published port from other programs of this host.
#pragma once

#include <staithe/cpp/unique_fd.hpp>

#include "api/services/container.hpp"
#include "daemon/network/address.hpp"

namespace staithe::network {

/// A socket that is bound to the port, so that nobody else can be, and takes in nothing: packets for the port are
/// redirected before they reach a socket, and what gets here all the same is dropped. CONFLICT: "listen tcp 0.0.0.0:80:
/// bind: address already in use".
Result<UniqueFd> reserve(api::Protocol, Address, uint16_t port);

} // namespace staithe::network
