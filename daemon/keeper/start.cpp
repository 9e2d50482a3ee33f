#include "daemon/keeper/start.hpp"

#include <linux/mount.h>
#include <sys/syscall.h>

#include "daemon/keeper/confinement/confinement.hpp"
#include "daemon/keeper/users.hpp"

// <linux/mount.h> and <sys/mount.h> of glibc 2.36 do not go together.
extern "C" int umount2(char const* target, int flags) noexcept;

namespace staithe::keeper {

namespace {

    constexpr int lazily = 2; // MNT_DETACH

    std::vector<staithe_text> texts(std::vector<std::string> const& from)
    {
        std::vector<staithe_text> to;
        to.reserve(from.size());
        for (auto const& one : from)
            to.push_back(text(one));
        return to;
    }

    staithe_limits limits_of(rpc::keeper::Limits const& from)
    {
        return { sizeof(staithe_limits), from.pids, from.memory, from.memory_swap, from.cpu_shares };
    }

    staithe_mount devpts_mount(int fd)
    {
        staithe_mount mount {};
        mount.struct_size = sizeof mount;
        mount.flags = STAITHE_MOUNT_NOSUID | STAITHE_MOUNT_NOEXEC;
        mount.fd = fd;
        mount.target = text("/dev/pts");
        return mount;
    }

    staithe_process process_of(rpc::keeper::Start const& start, Stdio const& stdio, Identity const& identity,
        std::vector<staithe_text> const& argv, std::vector<staithe_text> const& env)
    {
        staithe_process process {};
        process.struct_size = sizeof process;
        process.tty = start.tty;
        process.argv = argv.data();
        process.argc = argv.size();
        process.env = env.data();
        process.envc = env.size();
        process.cwd = start.cwd.empty() ? text("/") : text(start.cwd);
        process.uid = identity.uid;
        process.gid = identity.gid;
        process.groups = identity.groups.data();
        process.group_count = identity.groups.size();
        for (int i = 0; i < 3; ++i)
            process.stdio[i] = stdio.child[i].get();
        return process;
    }

} // namespace

Result<StartFiles> StartFiles::from(std::vector<UniqueFd> fds, size_t clients)
{
    if (fds.size() != 4 + clients)
        return Error { STAITHE_INVALID, 0, "start message came with the wrong number of descriptors" };
    StartFiles files { std::move(fds[0]), std::move(fds[1]), std::move(fds[2]), std::move(fds[3]), {} };
    for (size_t i = 0; i < clients; ++i)
        files.clients.push_back(std::move(fds[4 + i]));
    return files;
}

Result<std::string> attach_root(int mount, int state_dir)
{
    char path[4096];
    auto const link = "/proc/self/fd/" + std::to_string(state_dir);
    ssize_t const size = ::readlink(link.c_str(), path, sizeof path);
    if (size <= 0 || path[0] != '/')
        return errno_error("cannot find the container's state directory");
    // By name: the descriptor belongs to a mount of the daemon's namespace, where nothing may be attached.
    std::string place(path, static_cast<size_t>(size));
    if (::syscall(SYS_move_mount, mount, "", AT_FDCWD, place.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
        return errno_error("cannot attach the root file system");
    return place;
}

void detach_root(std::string const& path)
{
    if (!path.empty() && ::umount2(path.c_str(), 0) != 0)
        ::umount2(path.c_str(), lazily);
}

ExecutionDriver::Where where_of(rpc::keeper::Start const& start)
{
    return { start.driver, start.driver_state_dir, start.driver_run_dir, start.driver_options, start.call_ns };
}

Result<staithe_started> start_container(ExecutionDriver& driver, rpc::keeper::Start const& start, Stdio const& stdio,
    int rootfs, std::string const& root_path)
{
    if (start.argv.empty())
        return Error { STAITHE_INVALID, 0, "container has no command" };
    auto const identity = STAITHE_TRY(resolve_user_in(rootfs, start.user));
    auto const argv = texts(start.argv), env = texts(start.env);
    auto const limits = limits_of(start.limits);
    auto const confinement = start.privileged ? privileged_confinement() : default_confinement(start.no_new_privileges);
    auto const process = process_of(start, stdio, identity, argv, env);
    auto const devpts = devpts_mount(stdio.devpts.get());
    staithe_mount const* const mounts[] = { &devpts };
    std::vector<staithe_pair> options;
    for (auto const& [key, value] : start.options)
        options.push_back({ text(key), text(value) });

    staithe_container container {};
    container.struct_size = sizeof container;
    container.network_namespace = -1;
    container.id = text(start.container);
    container.rootfs = text(root_path);
    container.hostname = text(start.hostname);
    container.domainname = text(start.domainname);
    container.cgroup = text(start.cgroup);
    container.mounts = mounts;
    container.mount_count = stdio.tty ? 1 : 0;
    container.limits = &limits;
    container.confinement = &confinement;
    container.process = &process;
    container.options = { options.data(), options.size() };
    return driver.start(container, start.deadline_ns);
}

} // namespace staithe::keeper
