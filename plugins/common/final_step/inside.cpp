// SPDX-License-Identifier: Apache-2.0
//
// Paths inside a container's root: openat2(2) does the resolving; this walks by hand only where parts are missing.
#include "plugins/common/final_step/inside.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <deque>
#include <string>
#include <vector>

namespace staithe::final_step {

namespace {

    constexpr int max_links = 40; // the kernel's own limit

    int open_in_root(int root, std::string const& path, uint64_t flags)
    {
        open_how how {};
        how.flags = flags | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
        long fd = -1;
        do // EAGAIN: somebody renames things under way, so the kernel could not be sure
            fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
        while (fd < 0 && (errno == EAGAIN || errno == EINTR));
        return static_cast<int>(fd);
    }

    bool is_kernels(long filesystem)
    {
        return filesystem == PROC_SUPER_MAGIC || filesystem == SYSFS_MAGIC || filesystem == CGROUP_SUPER_MAGIC
            || filesystem == CGROUP2_SUPER_MAGIC;
    }

    /// The walk along a path of which parts are missing.
    class Walk {
    public:
        Walk(int root, std::string_view path, Make make)
            : m_root(root)
            , m_make(make)
        {
            prepend(path);
        }

        Result<UniqueFd> run()
        {
            while (!m_left.empty()) {
                std::string const name = std::move(m_left.front());
                m_left.pop_front();
                if (name == "..") {
                    if (!m_walked.empty())
                        m_walked.pop_back();
                } else if (name != ".") {
                    STAITHE_TRY(step(name));
                }
            }
            return open_walked();
        }

    private:
        void prepend(std::string_view path)
        {
            std::vector<std::string> parts;
            while (!path.empty()) {
                auto const slash = path.find('/');
                if (auto const part = path.substr(0, slash); !part.empty())
                    parts.emplace_back(part);
                path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
            }
            m_left.insert(m_left.begin(), parts.begin(), parts.end());
        }

        std::string walked() const
        {
            std::string path = "/";
            for (auto const& part : m_walked)
                path.append(part).append("/");
            return path;
        }

        Result<UniqueFd> open_walked() const
        {
            UniqueFd fd(open_in_root(m_root, walked(), O_PATH));
            if (!fd && errno == ENOTDIR && !m_walked.empty()) // a file at the end: without the slash
                fd.reset(open_in_root(m_root, walked().substr(0, walked().size() - 1), O_PATH | O_NOFOLLOW));
            if (!fd)
                return errno_error("cannot open '" + walked() + "'");
            return fd;
        }

        Result<void> step(std::string const& name)
        {
            UniqueFd const parent(open_in_root(m_root, walked(), O_PATH | O_DIRECTORY));
            if (!parent)
                return errno_error("cannot open '" + walked() + "'");
            // Nothing is made in the kernel's file systems; procfs's links' texts are about this process, not about the
            // container.
            if (is_kernels(STAITHE_TRY(filesystem_type(parent.get()))))
                return errno_error("cannot open '" + walked() + name + "'", ENOENT);
            struct stat status;
            if (::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
                if (errno != ENOENT)
                    return errno_error("cannot look at '" + walked() + name + "'");
                STAITHE_TRY(make(parent.get(), name));
            } else if (S_ISLNK(status.st_mode)) {
                return follow(parent.get(), name);
            }
            m_walked.push_back(name);
            return {};
        }

        Result<void> make(int parent, std::string const& name) const
        {
            if (m_left.empty() && m_make == Make::File) {
                UniqueFd const file(
                    ::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
                if (!file && errno != EEXIST)
                    return errno_error("cannot make file '" + walked() + name + "'");
                return {};
            }
            if (::mkdirat(parent, name.c_str(), 0755) < 0 && errno != EEXIST)
                return errno_error("cannot make directory '" + walked() + name + "'");
            return {};
        }

        Result<void> follow(int parent, std::string const& name)
        {
            if (++m_links > max_links)
                return errno_error("cannot follow '" + walked() + name + "'", ELOOP);
            char target[PATH_MAX];
            ssize_t const size = ::readlinkat(parent, name.c_str(), target, sizeof target);
            if (size < 0)
                return errno_error("cannot read link '" + walked() + name + "'");
            std::string_view const text(target, static_cast<size_t>(size));
            if (text.starts_with('/'))
                m_walked.clear();
            prepend(text);
            return {};
        }

        int m_root;
        Make m_make;
        int m_links = 0;
        std::deque<std::string> m_left;
        std::vector<std::string> m_walked;
    };

} // namespace

Result<UniqueFd> open_inside(int root, std::string_view path, Make make)
{
    if (path.empty() || path.front() != '/' || path.find('\0') != std::string_view::npos)
        return Error { STAITHE_INVALID, 0, "path '" + std::string(path) + "' is not absolute" };
    if (path.size() >= PATH_MAX)
        return Error { STAITHE_INVALID, ENAMETOOLONG, "path is too long" };
    UniqueFd fd(open_in_root(root, std::string(path), O_PATH));
    if (fd)
        return fd;
    if (errno != ENOENT || make == Make::Nothing)
        return errno_error("cannot open '" + std::string(path) + "'");
    return Walk(root, path, make).run();
}

Result<UniqueFd> open_mount_point(int root, std::string_view name)
{
    std::string const path(name);
    if (::mkdirat(root, path.c_str(), 0755) < 0 && errno != EEXIST)
        return errno_error("cannot make '/" + path + "'");
    UniqueFd fd(open_in_root(root, path, O_PATH | O_NOFOLLOW | O_DIRECTORY));
    if (!fd)
        return Error { STAITHE_INVALID, errno, "'/" + path + "' of the image is not a directory" };
    return fd;
}

Result<long> filesystem_type(int fd)
{
    struct statfs status;
    if (::fstatfs(fd, &status) < 0)
        return errno_error("cannot look at a file system");
    return static_cast<long>(status.f_type);
}

} // namespace staithe::final_step
