#include "daemon/keeper/start.hpp"

#include <linux/mount.h>
#include <sys/syscall.h>

#include "daemon/keeper/confinement/confinement.hpp"
#include "daemon/keeper/users.hpp"
#include "daemon/keeper/volume.hpp"

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

    staithe_mount mount_of(int fd, std::string_view target, uint32_t flags)
    {
        staithe_mount mount {};
        mount.struct_size = sizeof mount;
        mount.flags = flags;
        mount.fd = fd;
        mount.target = text(target);
        return mount;
    }

    std::vector<staithe_mount> mounts_of(rpc::keeper::Start const& start, StartFiles const& files, Stdio const& stdio)
    {
        std::vector<staithe_mount> mounts;
        if (stdio.tty)
            mounts.push_back(mount_of(stdio.devpts.get(), "/dev/pts", STAITHE_MOUNT_NOSUID | STAITHE_MOUNT_NOEXEC));
        for (size_t i = 0; i < start.mounts.size(); ++i) {
            auto const& mount = start.mounts[i];
            uint32_t const flags = (mount.read_only ? STAITHE_MOUNT_READONLY | STAITHE_MOUNT_RECURSIVE : 0u)
                | (mount.file ? uint32_t { STAITHE_MOUNT_FILE } : 0u);
            mounts.push_back(mount_of(files.mounts[i].get(), mount.target, flags));
        }
        return mounts;
    }

    template <class T> std::vector<T const*> addresses_of(std::vector<T> const& values)
    {
        std::vector<T const*> addresses;
        for (auto const& value : values)
            addresses.push_back(&value);
        return addresses;
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

Result<StartFiles> StartFiles::from(std::vector<UniqueFd> fds, rpc::keeper::Start const& start)
{
    if (fds.size() != 4 + start.clients.size() + (start.network ? 1 : 0) + start.mounts.size())
        return Error { STAITHE_INVALID, 0, "start message came with the wrong number of descriptors" };
    auto next = fds.begin();
    StartFiles files;
    for (auto* file : { &files.driver, &files.rootfs, &files.state_dir, &files.listener })
        *file = std::move(*next++);
    for (size_t i = 0; i < start.clients.size(); ++i)
        files.clients.push_back(std::move(*next++));
    if (start.network)
        files.network = std::move(*next++);
    for (size_t i = 0; i < start.mounts.size(); ++i)
        files.mounts.push_back(std::move(*next++));
    return files;
}

Result<void> open_volumes(rpc::keeper::Start const& start, StartFiles& files, std::function<bool()> const& still_wanted)
{
    for (size_t i = 0; i < start.mounts.size(); ++i)
        if (start.mounts[i].volume)
            files.mounts[i] = STAITHE_TRY(
                open_volume(files.mounts[i].get(), files.rootfs.get(), start.mounts[i].target, still_wanted));
    return {};
}

Result<std::string> path_of_directory(int state_dir)
{
    char path[4096];
    auto const link = "/proc/self/fd/" + std::to_string(state_dir);
    ssize_t const size = ::readlink(link.c_str(), path, sizeof path);
    if (size <= 0 || path[0] != '/')
        return errno_error("cannot find the container's state directory");
    return std::string(path, static_cast<size_t>(size));
}

Result<void> attach_root(int mount, std::string const& place)
{
    // By name: the directory's descriptor belongs to a mount of the daemon's namespace, where nothing may be attached.
    if (::syscall(SYS_move_mount, mount, "", AT_FDCWD, place.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
        return errno_error("cannot attach the root file system");
    return {};
}

void detach_root(std::string const& path)
{
    if (!path.empty() && ::umount2(path.c_str(), 0) != 0)
        ::umount2(path.c_str(), lazily);
}

Result<UniqueFd> clone_root(std::string const& path)
{
    UniqueFd mount(static_cast<int>(
        ::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW)));
    mount_attr change {};
    change.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV; // who reads it meets only what the container puts there
    if (!mount || ::syscall(SYS_mount_setattr, mount.get(), "", AT_EMPTY_PATH, &change, sizeof change) != 0)
        return errno_error("cannot clone the root file system");
    return mount;
}

ExecutionDriver::Where where_of(rpc::keeper::Start const& start)
{
    return { start.driver, start.driver_state_dir, start.driver_run_dir, start.driver_options, start.call_ns };
}

Result<staithe_started> start_container(ExecutionDriver& driver, rpc::keeper::Start const& start, Stdio const& stdio,
    StartFiles const& files, std::string const& root_path)
{
    if (start.argv.empty())
        return Error { STAITHE_INVALID, 0, "container has no command" };
    auto const identity = STAITHE_TRY(resolve_user_in(files.rootfs.get(), start.user));
    auto const argv = texts(start.argv), env = texts(start.env);
    auto const limits = limits_of(start.limits);
    auto const confinement = start.privileged ? privileged_confinement() : default_confinement(start.no_new_privileges);
    auto const process = process_of(start, stdio, identity, argv, env);
    auto const given = mounts_of(start, files, stdio);
    auto const mounts = addresses_of(given);
    std::vector<staithe_pair> options;
    for (auto const& [key, value] : start.options)
        options.push_back({ text(key), text(value) });

    staithe_container container {};
    container.struct_size = sizeof container;
    container.network_namespace = files.network.get();
    container.id = text(start.container);
    container.rootfs = text(root_path);
    container.hostname = text(start.hostname);
    container.domainname = text(start.domainname);
    container.cgroup = text(start.cgroup);
    container.mounts = mounts.data();
    container.mount_count = mounts.size();
    container.limits = &limits;
    container.confinement = &confinement;
    container.process = &process;
    container.options = { options.data(), options.size() };
    return driver.start(container, start.deadline_ns);
}

} // namespace staithe::keeper
