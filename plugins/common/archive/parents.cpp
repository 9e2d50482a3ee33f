// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/parents.hpp"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "plugins/common/archive/names.hpp"

namespace staithe::archive {

namespace {

    UniqueFd open_below(int directory, std::string_view path, uint64_t resolve)
    {
        open_how how {};
        how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
        how.resolve = resolve;
        std::string const name(path.empty() ? "." : path);
        // With ".." in a link the kernel gives up whenever anybody renames or mounts anything meanwhile.
        constexpr int most_tries = 10'000;
        int fd = -1;
        for (int i = 0; i < most_tries; ++i) {
            fd = static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how));
            if (fd >= 0 || errno != EAGAIN)
                break;
        }
        return UniqueFd(fd);
    }

} // namespace

Result<UniqueFd> Parents::find(std::string_view path) const
{
    // One call takes a path below 4096 bytes; of a longer one the rest may not lead through links.
    constexpr size_t longest = 4000;
    auto head = path;
    if (path.size() > longest)
        head = path.substr(0, path.rfind('/', longest));
    auto fd = open_below(m_root, head, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    auto tail = path.substr(std::min(head.size() + 1, path.size()));
    while (fd && !tail.empty()) {
        auto const end = tail.size() > longest ? tail.rfind('/', longest) : tail.size();
        fd = open_below(fd.get(), tail.substr(0, end), RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
        tail = tail.substr(std::min(end + 1, tail.size()));
    }
    if (!fd)
        return errno_error("cannot open directory " + quoted(path));
    return fd;
}

Result<void> Parents::make(std::string_view path, timespec const& time)
{
    auto const [outer, leaf] = split_name(path);
    auto const directory = STAITHE_TRY(find_or_make(outer, time));
    struct stat before { };
    if (::fstat(directory.get(), &before) != 0)
        return errno_error("cannot stat the directory of " + quoted(path));
    std::string const name(leaf);
    if (::mkdirat(directory.get(), name.c_str(), 0755) != 0) {
        if (errno == EEXIST) // a link that leads nowhere, or a file
            return Error { STAITHE_CORRUPT, 0, "cannot unpack below " + quoted(path) + ": it is not a directory" };
        return errno_error("cannot make directory " + quoted(path));
    }
    timespec const omit { 0, UTIME_OMIT };
    timespec const made[2] = { omit, time }, outer_time[2] = { omit, before.st_mtim };
    ::utimensat(directory.get(), name.c_str(), made, AT_SYMLINK_NOFOLLOW);
    ::futimens(directory.get(), outer_time);
    return {};
}

Result<UniqueFd> Parents::find_or_make(std::string_view path, timespec const& time)
{
    // From the longest part that is there down to the whole, without recursion.
    std::string_view there = path;
    for (;;) {
        auto found = find(there);
        if (found && there.size() == path.size())
            return found;
        if (found)
            break;
        if (found.error().sys_errno != ENOENT || there.empty())
            return found;
        there = split_name(there).parent;
    }
    while (there.size() < path.size()) {
        size_t const from = there.empty() ? 0 : there.size() + 1;
        there = path.substr(0, std::min(path.find('/', from), path.size()));
        STAITHE_TRY(make(there, time));
    }
    return find(path);
}

Result<int> Parents::enter(std::string_view path, timespec const& time)
{
    if (m_fd && m_known && path == m_path)
        return m_fd.get();
    leave();
    auto fd = find_or_make(path, time);
    if (!fd && fd.error().sys_errno == ENOTDIR)
        return Error { STAITHE_CORRUPT, ENOTDIR, "cannot unpack below " + quoted(path) + ": it is not a directory" };
    auto directory = STAITHE_TRY(std::move(fd));
    struct stat now { };
    if (::fstat(directory.get(), &now) != 0)
        return errno_error("cannot stat directory " + quoted(path));
    m_fd = std::move(directory);
    m_path = path;
    m_known = true;
    m_time = now.st_mtim;
    m_inherits = (now.st_mode & S_ISGID) || ::fgetxattr(m_fd.get(), "system.posix_acl_default", nullptr, 0) > 0;
    return m_fd.get();
}

void Parents::leave()
{
    if (!m_fd)
        return;
    timespec const times[2] = { { 0, UTIME_OMIT }, m_time };
    ::futimens(m_fd.get(), times);
    m_fd.reset();
}

} // namespace staithe::archive
