// From a Start message to a running container.
#pragma once

#include "daemon/keeper/execution_driver.hpp"
#include "daemon/keeper/stdio.hpp"
#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::keeper {

/// The descriptors that come with Start, in the order of the protocol.
struct StartFiles {
    UniqueFd driver, rootfs, state_dir, listener;
    std::vector<UniqueFd> clients;

    static Result<StartFiles> from(std::vector<UniqueFd>, size_t clients);
};

/// Attaches a detached mount over the container's state directory in our own mount namespace: that place is ours, and
/// nobody else can see it. Gives its path.
Result<std::string> attach_root(int mount, int state_dir);
void detach_root(std::string const& path);

ExecutionDriver::Where where_of(rpc::keeper::Start const&);

/// Resolves the user, makes the driver's view of the container, and starts it.
Result<staithe_started> start_container(
    ExecutionDriver&, rpc::keeper::Start const&, Stdio const&, int rootfs, std::string const& root_path);

} // namespace staithe::keeper
