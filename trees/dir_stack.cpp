// SPDX-License-Identifier: Apache-2.0
#include "trees/dir_stack.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <memory>

#include <dirent.h>

#include "trees/names.hpp"

namespace staithe::trees {

Result<UniqueFd> open_directory(int parent, char const* name)
{
    UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd)
        return errno_error("cannot open directory " + quoted(name));
    return fd;
}

Result<void> DirStack::descend(char const* name)
{
    Level level { STAITHE_TRY(open_directory(fd(), name)), 0, 0 };
    struct stat found { };
    if (::fstat(level.fd.get(), &found) != 0)
        return errno_error("cannot stat directory " + quoted(name));
    level.device = found.st_dev;
    level.inode = found.st_ino;
    m_levels.push_back(std::move(level));
    if (m_levels.size() > most_open)
        m_levels[m_levels.size() - most_open - 1].fd.reset();
    return {};
}

Result<void> DirStack::ascend()
{
    if (m_levels.size() > 1 && !m_levels[m_levels.size() - 2].fd) {
        auto& outer = m_levels[m_levels.size() - 2];
        auto found = STAITHE_TRY(open_directory(fd(), ".."));
        struct stat now { };
        if (::fstat(found.get(), &now) != 0 || now.st_dev != outer.device || now.st_ino != outer.inode)
            return Error { STAITHE_BUSY, 0, "cannot walk the tree: a directory was moved meanwhile" };
        outer.fd = std::move(found);
    }
    m_levels.pop_back();
    return {};
}

Result<std::vector<std::string>> names_in(int directory)
{
    std::vector<std::string> names;
    for (auto& entry : STAITHE_TRY(entries_in(directory)))
        names.push_back(std::move(entry.name));
    return names;
}

Result<std::vector<DirectoryEntry>> entries_in(int directory)
{
    UniqueFd own(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own)
        return errno_error("cannot open a directory");
    std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own.get()), &::closedir);
    if (!stream)
        return errno_error("cannot list a directory");
    (void)own.release(); // now the stream's
    std::vector<DirectoryEntry> entries;
    for (;;) {
        errno = 0;
        auto const* entry = ::readdir(stream.get());
        if (!entry)
            break;
        std::string_view const name(entry->d_name);
        if (name != "." && name != "..")
            entries.push_back({ std::string(name), entry->d_type == DT_REG });
    }
    if (errno)
        return errno_error("cannot list a directory");
    return entries;
}

namespace {

    /// Takes away the flags that keep even root from unlinking (chattr +i, +a).
    void make_mutable(int directory, char const* name)
    {
        UniqueFd const fd(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        int flags = 0;
        if (!fd || ::ioctl(fd.get(), FS_IOC_GETFLAGS, &flags) != 0)
            return;
        flags &= ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
        ::ioctl(fd.get(), FS_IOC_SETFLAGS, &flags);
    }

    bool unlink_hard(int directory, char const* name, int flags)
    {
        if (::unlinkat(directory, name, flags) == 0 || errno == ENOENT)
            return true;
        if (errno != EPERM && errno != EACCES)
            return false;
        make_mutable(directory, ".");
        make_mutable(directory, name);
        return ::unlinkat(directory, name, flags) == 0 || errno == ENOENT;
    }

    /// Unlinks what is no directory, and tells the directories.
    Result<std::vector<std::string>> empty_of_files(int directory)
    {
        std::vector<std::string> directories;
        for (auto& name : STAITHE_TRY(names_in(directory))) {
            if (unlink_hard(directory, name.c_str(), 0))
                continue;
            if (errno != EISDIR && errno != EPERM)
                return errno_error("cannot remove " + quoted(name));
            directories.push_back(std::move(name));
        }
        return directories;
    }

} // namespace

Result<void> remove_tree(int parent, char const* name, std::atomic<bool> const* stop)
{
    if (unlink_hard(parent, name, 0))
        return {};
    if (errno != EISDIR && errno != EPERM)
        return errno_error("cannot remove " + quoted(name));
    if (::unlinkat(parent, name, AT_REMOVEDIR) == 0)
        return {};
    DirStack stack(parent);
    std::vector<std::vector<std::string>> todo { { name } }; // directories to remove, per level
    while (!todo.empty()) {
        if (stop && *stop)
            return Error { STAITHE_CANCELLED, 0, "stopped" };
        if (todo.back().empty()) {
            todo.pop_back();
            if (todo.empty())
                break;
            STAITHE_TRY(stack.ascend());
            auto& done = todo.back();
            if (!unlink_hard(stack.fd(), done.back().c_str(), AT_REMOVEDIR))
                return errno_error("cannot remove directory " + quoted(done.back()));
            done.pop_back();
            continue;
        }
        STAITHE_TRY(stack.descend(todo.back().back().c_str()));
        todo.push_back(STAITHE_TRY(empty_of_files(stack.fd())));
    }
    return {};
}

} // namespace staithe::trees
