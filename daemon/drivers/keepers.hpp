// Keepers as the daemon sees them: making one for a container that starts, finding it again after a restart, talking to
// it, and learning that its container has ended. One thread of this object's own watches all keepers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/drivers/call.hpp"
#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::drivers {

/// A client's connection after its request head: the socket, and what was already read from it (in Attach::early).
struct Client {
    rpc::keeper::Attach how;
    UniqueFd socket;
};

/// The descriptors that travel with Start; see rpc/keeper_protocol.hpp.
struct StartFiles {
    UniqueFd driver, rootfs, state_dir;
    UniqueFd network; ///< a network namespace; empty: the container gets one with loopback only
    std::vector<UniqueFd> mounts; ///< one per entry of Start::mounts
    /// If set, called while the keeper's program is being loaded, to complete the message and these descriptors.
    std::function<Result<void>(rpc::keeper::Start&, StartFiles&)> prepare;
};

/// One container's keeper. Thread-safe; calls block at most until their deadline.
class Keeper {
public:
    virtual ~Keeper() = default;
    virtual int pid() const = 0; ///< of the container's process 1
    virtual int64_t started_ns() const = 0;
    virtual uint32_t run() const = 0;
    virtual Result<void> signal(Call const&, int number) = 0;
    virtual Result<void> resize(Call const&, uint32_t height, uint32_t width) = 0;
    virtual Result<void> attach(Call const&, Client) = 0;
    virtual Result<std::string> stats(Call const&) = 0;
    /// A detached read-only clone of the live root file system, without the mounts on top of it. UNSUPPORTED: the
    /// keeper is older than this.
    virtual Result<UniqueFd> root(Call const&) = 0;
    /// After the end was told: returns when the container's root is unmounted, or at the deadline.
    virtual void await_release(Call const&) = 0;
};

class Keepers {
public:
    /// Called once per run from the watching thread, also when the keeper itself died (then the record is made up:
    /// status 255, and out_of_memory false). Must not block for long.
    using OnExit = std::function<void(std::string const& container, rpc::keeper::ExitRecord const&)>;

    struct Options {
        std::string program; ///< staithe-keeper, absolute
        std::string sockets; ///< directory of the control sockets, made 0700
    };

    virtual ~Keepers() = default;
    static Result<std::unique_ptr<Keepers>> create(Options, OnExit);

    /// Starts a container. On failure nothing is left, and the clients' sockets are in `clients` again, unharmed.
    virtual Result<std::shared_ptr<Keeper>> start(
        Call const&, rpc::keeper::Start, StartFiles, std::vector<Client>& clients) = 0;

    /// Connects to the keeper of a container that an earlier daemon started. STAITHE_NOT_FOUND: there is none, so the
    /// container's exit record (read_exit_record) tells how it ended, if anything does.
    virtual Result<std::shared_ptr<Keeper>> adopt(Call const&, std::string_view container) = 0;

    /// Frees what a container whose keeper died may have left: processes and cgroups, by the driver's destroy().
    virtual Result<void> destroy(
        Call const&, std::string_view container, rpc::keeper::Start const& like, UniqueFd driver) = 0;

    /// Replays the log in state_dir to a client of a container that does not run, in a process of its own; `done` is
    /// called from the watching thread with the client's socket if how.stream is set, else with an empty descriptor
    /// after the socket has been closed.
    virtual Result<void> replay(Client, UniqueFd state_dir, std::function<void(Client)> done) = 0;
};

/// The record that a keeper left in the container's state directory. STAITHE_NOT_FOUND: none.
Result<rpc::keeper::ExitRecord> read_exit_record(int state_dir);
/// The record that lies there as long as a driver holds something for the container; its run is 0 until the container
/// has ended. STAITHE_NOT_FOUND: nothing is held.
Result<rpc::keeper::ExitRecord> read_unfinished_record(int state_dir);
/// For a driver that could not free what a start had made.
void mark_unfinished(int state_dir);
/// It is freed: an unfinished record of that run becomes the record, any other is removed.
void finish_record(int state_dir, uint32_t run);

} // namespace staithe::drivers
