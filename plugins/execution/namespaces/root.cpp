// SPDX-License-Identifier: Apache-2.0
//
// A container's view of files. /dev is in dev.cpp.
#include "plugins/execution/namespaces/root.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <staithe/cpp/text.hpp>

#include "plugins/common/final_step/inside.hpp"
#include "plugins/execution/namespaces/files.hpp"
#include "plugins/execution/namespaces/mounts.hpp"
#include "plugins/execution/namespaces/syscalls.hpp"

namespace staithe::namespaces {

namespace {

    constexpr unsigned inert = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

    /// The directory that now shows in `root` under `name` must be the one that was meant.
    Result<void> verify(int root, char const* name, long type)
    {
        UniqueFd const directory = STAITHE_TRY(final_step::open_mount_point(root, name));
        if (STAITHE_TRY(final_step::filesystem_type(directory.get())) != type)
            return Error { STAITHE_DENIED, 0, std::string("'/") + name + "' of the container is not what was mounted" };
        return {};
    }

    std::string last_name(std::string const& path)
    {
        return path.substr(path.rfind('/') + 1);
    }

} // namespace

Result<void> Root::enter()
{
    // Slave, not private: the host can still unmount its disks, and nothing of ours travels back.
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) < 0)
        return errno_error("cannot part from the host's mounts");
    std::string const rootfs(view(m_container.rootfs));
    UniqueFd const directory(::open(rootfs.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory)
        return errno_error("cannot open root file system '" + rootfs + "'");
    if (::fchdir(directory.get()) < 0 || change_root(".", ".") < 0)
        return errno_error("cannot change root to '" + rootfs + "'");
    if (::umount2(".", MNT_DETACH) < 0 || ::chdir("/") < 0)
        return errno_error("cannot leave the host's tree");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
        return errno_error("cannot make the container's mounts private");
    m_root.reset(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!m_root)
        return errno_error("cannot open '/'");
    return {};
}

Result<void> Root::mount_kernel_filesystems(std::vector<HostDevice> const& more)
{
    STAITHE_TRY(mount_dev(more));
    STAITHE_TRY(mount_proc());
    return mount_sys();
}

Result<void> Root::mount_proc()
{
    UniqueFd const proc = STAITHE_TRY(make_filesystem("proc", {}, inert));
    // The keeper may be protected from the kernel's out-of-memory killer; a container never is.
    STAITHE_TRY(write_file(proc.get(), "self/oom_score_adj", "0"));
    UniqueFd const target = STAITHE_TRY(final_step::open_mount_point(m_root.get(), "proc"));
    STAITHE_TRY(attach(proc.get(), target.get()));
    return verify(m_root.get(), "proc", PROC_SUPER_MAGIC);
}

Result<void> Root::mount_sys()
{
    UniqueFd const sys =
        STAITHE_TRY(make_filesystem("sysfs", {}, inert | (privileged() ? 0u : unsigned { MOUNT_ATTR_RDONLY })));
    UniqueFd const target = STAITHE_TRY(final_step::open_mount_point(m_root.get(), "sys"));
    STAITHE_TRY(attach(sys.get(), target.get()));
    return verify(m_root.get(), "sys", SYSFS_MAGIC);
}

Result<void> Root::mount_cgroups(Hierarchies const& hierarchies)
{
    if (hierarchies.all().empty())
        return {};
    if (::unshare(CLONE_NEWCGROUP) < 0)
        return errno_error("cannot make a cgroup namespace");
    unsigned const attributes = inert | (privileged() ? 0u : unsigned { MOUNT_ATTR_RDONLY });
    UniqueFd const target = STAITHE_TRY(final_step::open_inside(m_root.get(), "/sys/fs/cgroup"));
    if (hierarchies.all().size() == 1 && hierarchies.unified())
        return attach(STAITHE_TRY(make_filesystem("cgroup2", {}, attributes)).get(), target.get());

    UniqueFd const top = STAITHE_TRY(make_filesystem("tmpfs", { { "mode", "755" }, { "size", "64k" } }, inert));
    STAITHE_TRY(attach(top.get(), target.get()));
    for (auto const& hierarchy : hierarchies.all()) {
        auto const name = last_name(hierarchy.mount_point);
        UniqueFd const mount = hierarchy.version == 2
            ? STAITHE_TRY(make_filesystem("cgroup2", {}, attributes))
            : STAITHE_TRY(make_filesystem("cgroup", "cgroup", hierarchy.options, attributes));
        if (::mkdirat(top.get(), name.c_str(), 0755) < 0)
            return errno_error("cannot make '/sys/fs/cgroup/" + name + "'");
        UniqueFd const place = STAITHE_TRY(open_directory(top.get(), name));
        STAITHE_TRY(attach(mount.get(), place.get()));
    }
    return privileged() ? Result<void>() : add_attributes(top.get(), MOUNT_ATTR_RDONLY, false);
}

Result<void> Root::mount_rest()
{
    for (size_t i = 0; i < m_container.mount_count; ++i) {
        auto const& given = *m_container.mounts[i];
        if (&given != given_terminals())
            STAITHE_TRY_CONTEXT(
                attach_given(m_root.get(), given), "cannot mount '" + std::string(view(given.target)) + "'");
    }
    auto const& confinement = *m_container.confinement;
    for (size_t i = 0; i < confinement.masked_count; ++i)
        STAITHE_TRY_CONTEXT(mask(m_root.get(), view(confinement.masked[i]), m_null.get()),
            "cannot mask '" + std::string(view(confinement.masked[i])) + "'");
    for (size_t i = 0; i < confinement.readonly_count; ++i)
        STAITHE_TRY_CONTEXT(make_readonly(m_root.get(), view(confinement.readonly[i])),
            "cannot make '" + std::string(view(confinement.readonly[i])) + "' read-only");
    return {};
}

} // namespace staithe::namespaces
