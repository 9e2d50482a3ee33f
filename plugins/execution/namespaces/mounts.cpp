// SPDX-License-Identifier: Apache-2.0
//
// Mounting by descriptors.
#include "plugins/execution/namespaces/mounts.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include <staithe/cpp/text.hpp>

#include "plugins/common/final_step/inside.hpp"

namespace staithe::namespaces {

namespace {

    using final_step::Make;
    using final_step::open_inside;

    struct Flag {
        std::string_view name;
        unsigned attribute;
    };
    constexpr Flag mount_flags[] {
        { "ro", MOUNT_ATTR_RDONLY },
        { "nosuid", MOUNT_ATTR_NOSUID },
        { "nodev", MOUNT_ATTR_NODEV },
        { "noexec", MOUNT_ATTR_NOEXEC },
        { "noatime", MOUNT_ATTR_NOATIME },
        { "rw", 0 },
        { "relatime", 0 },
    };

    Result<UniqueFd> open_filesystem(std::string const& type)
    {
        UniqueFd fd(::fsopen(type.c_str(), FSOPEN_CLOEXEC));
        if (!fd)
            return errno_error("cannot make file system '" + type + "'");
        return fd;
    }

    Result<void> configure(int filesystem, char const* key, char const* value)
    {
        if (::fsconfig(filesystem, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0) < 0)
            return errno_error(std::string("cannot set mount option '") + key + "'");
        return {};
    }

    Result<UniqueFd> finish(int filesystem, std::string const& type, unsigned attributes)
    {
        if (::fsconfig(filesystem, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) < 0)
            return errno_error("cannot make file system '" + type + "'");
        UniqueFd mount(::fsmount(filesystem, FSMOUNT_CLOEXEC, attributes));
        if (!mount)
            return errno_error("cannot mount '" + type + "'");
        return mount;
    }

    unsigned attributes_of(uint32_t flags)
    {
        return (flags & STAITHE_MOUNT_READONLY ? unsigned { MOUNT_ATTR_RDONLY } : 0u)
            | (flags & STAITHE_MOUNT_NOSUID ? unsigned { MOUNT_ATTR_NOSUID } : 0u)
            | (flags & STAITHE_MOUNT_NODEV ? unsigned { MOUNT_ATTR_NODEV } : 0u)
            | (flags & STAITHE_MOUNT_NOEXEC ? unsigned { MOUNT_ATTR_NOEXEC } : 0u);
    }

    /// What a mount of the host's brings along stays with the host: what it unmounts is unmounted here, and nothing of
    /// ours travels back.
    Result<void> make_slave(int mount)
    {
        mount_attr change {};
        change.propagation = MS_SLAVE;
        if (::mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &change, sizeof change) < 0)
            return errno_error("cannot part a mount from the host's");
        return {};
    }

    /// Where the target really is, whatever links led there: nothing may cover the root, or put a lie below what this
    /// driver and its masks rely on.
    Result<void> check_target(int root, int target)
    {
        char path[PATH_MAX];
        auto const link = "proc/self/fd/" + std::to_string(target);
        ssize_t const size = ::readlinkat(root, link.c_str(), path, sizeof path);
        if (size <= 0)
            return errno_error("cannot find where the target is");
        std::string_view const place(path, static_cast<size_t>(size));
        if (place == "/")
            return Error { STAITHE_INVALID, 0, "the target is the root" };
        for (std::string_view const kernels : { "/proc", "/sys" })
            if (place.starts_with(kernels) && (place.size() == kernels.size() || place[kernels.size()] == '/'))
                return Error { STAITHE_INVALID, 0, "the target is in " + std::string(kernels) };
        return {};
    }

    bool is_directory(int fd)
    {
        struct stat status;
        return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
    }

} // namespace

Result<UniqueFd> make_filesystem(char const* type, Options options, unsigned attributes)
{
    UniqueFd const filesystem = STAITHE_TRY(open_filesystem(type));
    STAITHE_TRY(configure(filesystem.get(), "source", type));
    for (auto const& [key, value] : options)
        STAITHE_TRY(configure(filesystem.get(), key, value));
    return finish(filesystem.get(), type, attributes);
}

Result<UniqueFd> make_filesystem(
    std::string const& type, std::string_view source, std::string_view options, unsigned attributes)
{
    UniqueFd const filesystem = STAITHE_TRY(open_filesystem(type));
    STAITHE_TRY(configure(filesystem.get(), "source", source.empty() ? type.c_str() : std::string(source).c_str()));
    while (!options.empty()) {
        auto const option = options.substr(0, options.find(','));
        options.remove_prefix(std::min(options.size(), option.size() + 1));
        auto const* flag = std::ranges::find(mount_flags, option, &Flag::name);
        auto const equals = option.find('=');
        if (flag != std::end(mount_flags))
            attributes |= flag->attribute;
        else if (equals != std::string_view::npos)
            STAITHE_TRY(configure(filesystem.get(), std::string(option.substr(0, equals)).c_str(),
                std::string(option.substr(equals + 1)).c_str()));
        else if (!option.empty())
            STAITHE_TRY(configure(filesystem.get(), std::string(option).c_str(), nullptr));
    }
    return finish(filesystem.get(), type, attributes);
}

Result<UniqueFd> clone_mount(int fd, bool recursive)
{
    unsigned const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u);
    UniqueFd mount(::open_tree(fd, "", flags));
    if (!mount)
        return errno_error("cannot clone a mount");
    return mount;
}

Result<void> add_attributes(int mount, uint64_t attributes, bool recursive)
{
    mount_attr change {};
    change.attr_set = attributes;
    if (::mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u), &change, sizeof change) < 0)
        return errno_error("cannot change a mount");
    return {};
}

Result<void> attach(int mount, int target)
{
    if (::move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return errno_error("cannot attach a mount");
    return {};
}

Result<void> attach_given(int root, staithe_mount const& given)
{
    unsigned const attributes = attributes_of(given.flags);
    UniqueFd own;
    if (given.fd < 0)
        own = STAITHE_TRY(
            make_filesystem(std::string(view(given.fstype)), view(given.source), view(given.options), attributes));
    else
        STAITHE_TRY(make_slave(given.fd));
    if (given.fd >= 0 && attributes)
        STAITHE_TRY(add_attributes(given.fd, attributes, given.flags & STAITHE_MOUNT_RECURSIVE));
    UniqueFd const target = STAITHE_TRY(
        open_inside(root, view(given.target), given.flags & STAITHE_MOUNT_FILE ? Make::File : Make::Directories));
    STAITHE_TRY(check_target(root, target.get()));
    return attach(given.fd < 0 ? own.get() : given.fd, target.get());
}

Result<void> mask(int root, std::string_view path, int null)
{
    auto const target = open_inside(root, path);
    if (!target) {
        int const reason = target.error().sys_errno;
        return reason == ENOENT || reason == ENOTDIR ? Result<void>() : Result<void>(target.error());
    }
    UniqueFd const cover = is_directory(target.value().get())
        ? STAITHE_TRY(make_filesystem("tmpfs", { { "size", "4k" }, { "nr_inodes", "2" }, { "mode", "0555" } },
            MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC))
        : STAITHE_TRY(clone_mount(null, false));
    return attach(cover.get(), target.value().get());
}

Result<void> make_readonly(int root, std::string_view path)
{
    auto const target = open_inside(root, path);
    if (!target) {
        int const reason = target.error().sys_errno;
        return reason == ENOENT || reason == ENOTDIR ? Result<void>() : Result<void>(target.error());
    }
    UniqueFd const cover = STAITHE_TRY(clone_mount(target.value().get(), true));
    STAITHE_TRY(add_attributes(cover.get(), MOUNT_ATTR_RDONLY, true));
    return attach(cover.get(), target.value().get());
}

} // namespace staithe::namespaces
