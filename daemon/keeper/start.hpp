// From a Start message to a running container.
#pragma once

#include <functional>

#include "daemon/keeper/execution_driver.hpp"
#include "daemon/keeper/stdio.hpp"
#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::keeper {

/// The descriptors that come with Start, in the order of the protocol.
struct StartFiles {
    UniqueFd driver, rootfs, state_dir, listener;
    std::vector<UniqueFd> clients;
    UniqueFd network;
    std::vector<UniqueFd> mounts;

    static Result<StartFiles> from(std::vector<UniqueFd>, rpc::keeper::Start const&);
};

/// Makes mounts of the volumes' directories among the mounts, filling those that are new. Before this process leaves
/// the daemon's mount namespace. still_wanted: see open_volume().
Result<void> open_volumes(rpc::keeper::Start const&, StartFiles&, std::function<bool()> const& still_wanted);

/// The path of an open directory. Asked before this process leaves the daemon's mount namespace: from another one the
/// kernel tells it as seen from the outermost root, which is another where the daemon is chrooted.
Result<std::string> path_of_directory(int state_dir);
/// Attaches a detached mount over the container's state directory in our own mount namespace: that place is ours, and
/// nobody else can see it.
Result<void> attach_root(int mount, std::string const& place);
void detach_root(std::string const& path);
/// A detached clone of what is attached there, without the mounts below it: read-only, and its devices cannot be
/// opened.
Result<UniqueFd> clone_root(std::string const& path);

ExecutionDriver::Where where_of(rpc::keeper::Start const&);

/// Resolves the user, makes the driver's view of the container, and starts it.
Result<staithe_started> start_container(
    ExecutionDriver&, rpc::keeper::Start const&, Stdio const&, StartFiles const&, std::string const& root_path);

} // namespace staithe::keeper
