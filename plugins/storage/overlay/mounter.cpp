// SPDX-License-Identifier: Apache-2.0
#include "plugins/storage/overlay/mounter.hpp"

#include <sched.h>

#include <memory>

namespace staithe::overlay {

namespace {

    constexpr size_t longest_fsconfig_value = 255;

    // What keeps a layer readable as it lies on disk, whatever the kernel was built to do by default.
    constexpr std::pair<char const*, char const*> fixed_options[] = { { "redirect_dir", "off" }, { "index", "off" },
        { "metacopy", "off" } };

    std::string lower_names(OverlayDirectories const& directories)
    {
        std::string names;
        for (int const fd : directories.lower) {
            if (!names.empty())
                names += ':';
            names += std::to_string(fd);
        }
        return names;
    }

    /// What the kernel said in the log of a file system context: "e overlay: …".
    std::string context_log(int context)
    {
        std::string said;
        char line[256];
        for (ssize_t n; (n = ::read(context, line, sizeof line)) > 0;) {
            said += said.empty() ? " (" : "; ";
            said.append(line, static_cast<size_t>(n));
            while (said.ends_with('\n'))
                said.pop_back();
        }
        return said.empty() ? said : said + ')';
    }

    Error mount_error(int context)
    {
        int const value = errno;
        auto error = errno_error("cannot mount overlay", value);
        error.message += context_log(context);
        return error;
    }

} // namespace

Mounter::Mounter(std::string mount_point)
    : m_mount_point(std::move(mount_point))
    , m_thread([this] { run(); })
{
}

Result<std::unique_ptr<Mounter>> Mounter::create(std::string const& mount_point)
{
    std::unique_ptr<Mounter> mounter(new Mounter(mount_point));
    MutexLock const lock(mounter->m_mutex);
    while (!mounter->m_started)
        mounter->m_changed.wait(mounter->m_mutex);
    if (!mounter->m_ready)
        return std::move(mounter->m_ready.error());
    return mounter;
}

Mounter::~Mounter()
{
    {
        MutexLock const lock(m_mutex);
        m_stop = true;
        m_changed.notify_all();
    }
    m_thread.join();
}

void Mounter::run()
{
    MutexLock lock(m_mutex);
    if (::unshare(CLONE_FS) != 0 || ::chdir("/proc/self/fd") != 0)
        m_ready = errno_error("cannot enter '/proc/self/fd'");
    m_started = true;
    m_changed.notify_all();
    while (!m_stop) {
        if (!m_task) {
            m_changed.wait(m_mutex);
            continue;
        }
        m_answer = make(*m_task);
        m_task = nullptr;
        m_changed.notify_all();
    }
}

Result<UniqueFd> Mounter::mount(OverlayDirectories const& directories)
{
    MutexLock const turn(m_turn);
    MutexLock const lock(m_mutex);
    m_task = &directories;
    m_changed.notify_all();
    while (m_task)
        m_changed.wait(m_mutex);
    return std::exchange(m_answer, UniqueFd());
}

Result<UniqueFd> Mounter::make(OverlayDirectories const& directories) const
{
    // Without an upper directory overlayfs wants two lower ones, and one of them needs no overlay.
    if (directories.upper < 0 && directories.lower.size() == 1)
        return layers::clone_mount(directories.lower.front(), layers::Access::ReadOnly);
    auto const lower = lower_names(directories);
    return lower.size() <= longest_fsconfig_value ? make_by_fsmount(directories, lower)
                                                  : make_by_mount(directories, lower);
}

Result<UniqueFd> Mounter::make_by_fsmount(OverlayDirectories const& directories, std::string const& lower) const
{
    UniqueFd const context(::fsopen("overlay", FSOPEN_CLOEXEC));
    if (!context)
        return errno_error("cannot open file system 'overlay'");
    auto set = [&](char const* key, std::string const& value) {
        return ::fsconfig(context.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0) == 0;
    };
    bool good = set("source", "overlay") && set("lowerdir", lower);
    for (auto const& [key, value] : fixed_options)
        good = good && set(key, value);
    if (directories.upper >= 0)
        good = good && set("upperdir", std::to_string(directories.upper))
            && set("workdir", std::to_string(directories.work));
    if (!good || ::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        return mount_error(context.get());
    UniqueFd fd(::fsmount(context.get(), FSMOUNT_CLOEXEC, directories.upper < 0 ? MOUNT_ATTR_RDONLY : 0));
    return fd ? Result<UniqueFd>(std::move(fd)) : mount_error(context.get());
}

Result<UniqueFd> Mounter::make_by_mount(OverlayDirectories const& directories, std::string const& lower) const
{
    std::string options = "lowerdir=" + lower;
    for (auto const& [key, value] : fixed_options)
        options.append(",").append(key).append("=").append(value);
    if (directories.upper >= 0)
        options += ",upperdir=" + std::to_string(directories.upper) + ",workdir=" + std::to_string(directories.work);
    unsigned long const flags = directories.upper < 0 ? MS_RDONLY : 0;
    if (::mount("overlay", m_mount_point.c_str(), "overlay", flags, options.c_str()) != 0)
        return errno_error("cannot mount overlay of " + std::to_string(directories.lower.size()) + " layers");
    UniqueFd fd(::open_tree(AT_FDCWD, m_mount_point.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    int const value = errno;
    if (::umount2(m_mount_point.c_str(), MNT_DETACH) != 0)
        return errno_error("cannot detach the overlay");
    return fd ? Result<UniqueFd>(std::move(fd)) : errno_error("cannot clone the overlay mount", value);
}

} // namespace staithe::overlay
