// SPDX-License-Identifier: Apache-2.0
//
// The end of a container's control groups. Everything in them and below is killed again and again until the kernel lets
// the last directory go; a container that forks meanwhile is only slower, not safe.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>

#include <memory>

#include "plugins/execution/namespaces/cgroup.hpp"
#include "plugins/execution/namespaces/files.hpp"
#include "plugins/execution/namespaces/wait.hpp"

namespace staithe::namespaces {

namespace {

    void kill_members(int group)
    {
        auto const members = read_file(group, "cgroup.procs");
        if (!members)
            return;
        for (auto const& word : words(members.value()))
            if (auto const pid = static_cast<pid_t>(number(word)); pid > 0) // 0: in a pid namespace we do not see
                ::kill(pid, SIGKILL);
    }

    std::vector<std::string> children_of(int group)
    {
        std::vector<std::string> names;
        int const copy = ::openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        std::unique_ptr<DIR, int (*)(DIR*)> const list(copy < 0 ? nullptr : ::fdopendir(copy), &::closedir);
        if (!list)
            return names;
        while (auto const* entry = ::readdir(list.get()))
            if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
                names.emplace_back(entry->d_name);
        return names;
    }

    /// Kills and removes; false: something in it still lives.
    Result<bool> remove_tree(int parent, std::string const& name, int depth)
    {
        if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT)
            return true;
        if (errno != EBUSY && errno != ENOTEMPTY)
            return errno_error("cannot remove cgroup '" + name + "'");
        auto group = open_directory(parent, name);
        if (!group)
            return group.error().sys_errno == ENOENT ? Result<bool>(true) : Result<bool>(std::move(group.error()));
        kill_members(group.value().get());
        if (depth < 64)
            for (auto const& child : children_of(group.value().get()))
                (void)STAITHE_TRY(remove_tree(group.value().get(), child, depth + 1));
        return ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT;
    }

} // namespace

Result<void> Cgroup::destroy(std::function<Result<void>()> const& go_on) const
{
    if (auto const* unified = m_hierarchies.unified())
        (void)write_file(AT_FDCWD, directory(*unified) + "/cgroup.kill", "1"); // since 5.14; else one by one below
    if (auto const* freezer = m_hierarchies.with("freezer"); freezer && freezer->version == 1)
        (void)write_file(AT_FDCWD, directory(*freezer) + "/freezer.state", "THAWED"); // the frozen do not die on v1
    return wait_until(go_on, [&]() -> Result<bool> {
        bool gone = true;
        for (auto const& hierarchy : m_hierarchies.all())
            gone = STAITHE_TRY(remove_tree(AT_FDCWD, directory(hierarchy), 0)) && gone;
        return gone;
    });
}

} // namespace staithe::namespaces
