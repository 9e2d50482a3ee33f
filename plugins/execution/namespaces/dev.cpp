// SPDX-License-Identifier: Apache-2.0
//
// A container's /dev: always a fresh tmpfs of ours, whatever the image has there, so that no node or link in it is the
// image's.
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>

#include <staithe/cpp/text.hpp>

#include "plugins/common/final_step/inside.hpp"
#include "plugins/execution/namespaces/devices.hpp"
#include "plugins/execution/namespaces/files.hpp"
#include "plugins/execution/namespaces/mounts.hpp"
#include "plugins/execution/namespaces/root.hpp"

namespace staithe::namespaces {

namespace {

    constexpr unsigned inert = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    constexpr size_t most_host_devices = 4096;

    Result<UniqueFd> make_directory(int dev, char const* name)
    {
        if (::mkdirat(dev, name, 0755) < 0 && errno != EEXIST)
            return errno_error(std::string("cannot make '/dev/") + name + "'");
        return open_directory(dev, name);
    }

    Result<void> make_node(int dev, std::string const& name, mode_t mode, dev_t number)
    {
        if (::mknodat(dev, name.c_str(), mode, number) < 0 && errno != EEXIST)
            return errno_error("cannot make '/dev/" + name + "'");
        return {};
    }

    /// "a/b" → the directory a, made if missing.
    void make_parents(int dev, std::string const& path)
    {
        for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
            (void)::mkdirat(dev, path.substr(0, slash).c_str(), 0755);
    }

    bool is_terminal(dev_t number)
    {
        return ::major(number) == 5 || (::major(number) >= 136 && ::major(number) <= 143);
    }

    std::vector<HostDevice>* collecting = nullptr; // nftw(3) passes no context

    int collect(char const* path, struct stat const* status, int, FTW*)
    {
        bool const node = S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode);
        if (node && !is_terminal(status->st_rdev))
            collecting->push_back({ path + std::char_traits<char>::length("/dev/"), status->st_mode, status->st_rdev });
        return collecting->size() < most_host_devices ? 0 : 1;
    }

} // namespace

std::vector<HostDevice> host_devices()
{
    std::vector<HostDevice> result;
    collecting = &result;
    ::nftw("/dev", &collect, 8, FTW_PHYS | FTW_MOUNT);
    collecting = nullptr;
    return result;
}

Result<void> Root::mount_dev(std::vector<HostDevice> const& more)
{
    UniqueFd const target = STAITHE_TRY(final_step::open_mount_point(m_root.get(), "dev"));
    UniqueFd const dev =
        STAITHE_TRY(make_filesystem("tmpfs", { { "mode", "755" }, { "size", "64m" } }, MOUNT_ATTR_NOSUID));
    STAITHE_TRY(attach(dev.get(), target.get()));
    STAITHE_TRY(make_nodes(dev.get(), more));
    STAITHE_TRY(mount_below_dev(dev.get()));
    m_null.reset(::openat(dev.get(), "null", O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status;
    if (!m_null || ::fstat(m_null.get(), &status) < 0 || !S_ISCHR(status.st_mode) || status.st_rdev != ::makedev(1, 3))
        return Error { STAITHE_DENIED, errno, "'/dev/null' of the container is not the null device" };
    return {};
}

Result<void> Root::make_nodes(int dev, std::vector<HostDevice> const& more)
{
    for (auto const& device : default_devices())
        if (device.name)
            STAITHE_TRY(make_node(
                dev, device.name, S_IFCHR | 0666, ::makedev(device.major, static_cast<unsigned>(device.minor))));
    for (auto const& device : more) {
        make_parents(dev, device.path);
        STAITHE_TRY(make_node(dev, device.path, device.mode, device.number));
    }
    static constexpr std::pair<char const*, char const*> links[] { { "/proc/self/fd", "fd" },
        { "/proc/self/fd/0", "stdin" }, { "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
        { "pts/ptmx", "ptmx" } };
    for (auto const& [to, name] : links)
        if (::symlinkat(to, dev, name) < 0)
            return errno_error(std::string("cannot make '/dev/") + name + "'");
    return {};
}

staithe_mount const* Root::given_terminals() const
{
    for (size_t i = 0; i < m_container.mount_count; ++i)
        if (view(m_container.mounts[i]->target) == "/dev/pts")
            return m_container.mounts[i];
    return nullptr;
}

Result<void> Root::mount_below_dev(int dev)
{
    auto const* given = given_terminals();
    UniqueFd const pts_place = STAITHE_TRY(make_directory(dev, "pts"));
    if (given && given->fd >= 0) {
        STAITHE_TRY(attach(given->fd, pts_place.get()));
    } else {
        UniqueFd const pts = STAITHE_TRY(make_filesystem("devpts",
            { { "newinstance", nullptr }, { "gid", "5" }, { "mode", "0620" }, { "ptmxmode", "0666" } },
            MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
        STAITHE_TRY(attach(pts.get(), pts_place.get()));
    }
    UniqueFd const shm = STAITHE_TRY(make_filesystem("tmpfs", { { "mode", "1777" }, { "size", "64m" } }, inert));
    UniqueFd const shm_place = STAITHE_TRY(make_directory(dev, "shm"));
    STAITHE_TRY(attach(shm.get(), shm_place.get()));
    UniqueFd const mqueue = STAITHE_TRY(make_filesystem("mqueue", {}, inert));
    UniqueFd const mqueue_place = STAITHE_TRY(make_directory(dev, "mqueue"));
    STAITHE_TRY(attach(mqueue.get(), mqueue_place.get()));
    if (!m_container.process->tty)
        return {};
    UniqueFd const pts = STAITHE_TRY(open_directory(dev, "pts"));
    return bind_console(dev, pts.get());
}

/// /dev/console is the terminal's slave, found again by its number in the instance that was attached: a descriptor from
/// the keeper's namespace cannot be cloned in this one.
Result<void> Root::bind_console(int dev, int pts)
{
    struct stat given, found;
    if (::fstat(m_container.process->stdio[0], &given) < 0 || !S_ISCHR(given.st_mode))
        return Error { STAITHE_INVALID, 0, "the container's terminal is not one" };
    auto const name = std::to_string(::minor(given.st_rdev));
    UniqueFd const slave(::openat(pts, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!slave || ::fstat(slave.get(), &found) < 0 || found.st_dev != given.st_dev || found.st_ino != given.st_ino)
        return Error { STAITHE_INVALID, 0, "the container's terminal is not of the instance mounted at '/dev/pts'" };
    STAITHE_TRY(make_node(dev, "console", S_IFREG | 0600, 0));
    UniqueFd const console(::openat(dev, "console", O_PATH | O_NOFOLLOW | O_CLOEXEC));
    return attach(STAITHE_TRY(clone_mount(slave.get(), false)).get(), console.get());
}

} // namespace staithe::namespaces
