// SPDX-License-Identifier: Apache-2.0
//
// Two walks in step. A directory of the copy gets its owner, mode and times when it is left, since making things in it
// changes them.
#include "trees/copy_tree.hpp"

#include <sys/xattr.h>

#include <map>

#include "trees/copy_file.hpp"
#include "trees/dir_stack.hpp"
#include "trees/names.hpp"

namespace staithe::trees {

namespace {

    class Copy {
    public:
        Copy(staithe_call const& call, int from, int to)
            : m_call(call)
            , m_to_root(to)
            , m_from(from)
            , m_to(to)
        {
        }

        Result<void> run()
        {
            STAITHE_TRY(enter(0));
            for (;;) {
                STAITHE_TRY(proceed(m_call));
                auto& frame = m_frames.back();
                m_path.resize(frame.path_size);
                if (!frame.names.empty()) {
                    std::string const name = std::move(frame.names.back());
                    frame.names.pop_back();
                    STAITHE_TRY(add(name.c_str()));
                    continue;
                }
                STAITHE_TRY(leave());
                m_frames.pop_back();
                if (m_frames.empty())
                    return {};
                STAITHE_TRY(m_from.ascend());
                STAITHE_TRY(m_to.ascend());
            }
        }

    private:
        struct Frame {
            std::vector<std::string> names;
            size_t path_size;
        };

        Error cannot() const
        {
            int const value = errno;
            return errno_error("cannot copy " + quoted(m_path), value);
        }

        Result<void> enter(size_t path_size)
        {
            m_frames.push_back({ STAITHE_TRY(names_in(m_from.fd())), path_size });
            return {};
        }

        Result<void> leave() { return copy_directory_attributes(m_from.fd(), m_to.fd()); }

        Result<void> add(char const* name)
        {
            if (!m_path.empty())
                m_path += '/';
            m_path += name;
            struct stat status { };
            if (::fstatat(m_from.fd(), name, &status, AT_SYMLINK_NOFOLLOW) != 0)
                return cannot();
            if (S_ISDIR(status.st_mode))
                return add_directory(name);
            if (S_ISSOCK(status.st_mode))
                return {};
            if (status.st_nlink > 1 && STAITHE_TRY(add_link(name, status)))
                return {};
            return S_ISREG(status.st_mode) ? add_file(name, status) : add_special(name, status);
        }

        Result<void> add_directory(char const* name)
        {
            if (::mkdirat(m_to.fd(), name, 0700) != 0)
                return cannot();
            STAITHE_TRY(m_from.descend(name));
            STAITHE_TRY(m_to.descend(name));
            return enter(m_path.size());
        }

        /// False for the first name of a file.
        Result<bool> add_link(char const* name, struct stat const& status)
        {
            auto const [first, is_new] = m_linked.try_emplace({ status.st_dev, status.st_ino }, m_path);
            if (is_new)
                return false;
            std::string_view rest = first->second;
            UniqueFd directory;
            int at = m_to_root;
            constexpr size_t longest = 4000; // of a path that one call takes
            while (rest.size() > longest) {
                auto const end = rest.rfind('/', longest);
                directory.reset(
                    ::openat(at, std::string(rest.substr(0, end)).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
                if (!directory)
                    return cannot();
                at = directory.get();
                rest.remove_prefix(end + 1);
            }
            if (::linkat(at, std::string(rest).c_str(), m_to.fd(), name, 0) != 0)
                return cannot();
            return true;
        }

        Result<void> add_file(char const* name, struct stat const& status)
        {
            UniqueFd const from(::openat(m_from.fd(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
            struct stat now { };
            if (!from || ::fstat(from.get(), &now) != 0)
                return cannot();
            if (!S_ISREG(now.st_mode) || now.st_ino != status.st_ino)
                return Error { STAITHE_BUSY, 0, "cannot copy " + quoted(m_path) + ": it was replaced meanwhile" };
            UniqueFd const to(::openat(m_to.fd(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
            if (!to)
                return cannot();
            if (status.st_size > 0)
                STAITHE_TRY_CONTEXT(
                    copy_data(m_call, from.get(), to.get(), status, m_sharing), "file " + quoted(m_path));
            return dress(to.get(), status, STAITHE_TRY(xattrs_of(from.get())));
        }

        Result<void> add_special(char const* name, struct stat const& status)
        {
            int const to = m_to.fd();
            bool const link = S_ISLNK(status.st_mode);
            int const made = link ? ::symlinkat(STAITHE_TRY(link_target(name)).c_str(), to, name)
                                  : ::mknodat(to, name, status.st_mode, status.st_rdev);
            if (made != 0 || ::fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
                return cannot();
            if (!link && ::fchmodat(to, name, status.st_mode & 07777, 0) != 0)
                return cannot();
            auto const path = "/proc/self/fd/" + std::to_string(to) + '/' + name;
            for (auto const& x : STAITHE_TRY(xattrs_of(m_from.fd(), name, status)))
                if (::lsetxattr(path.c_str(), x.name.c_str(), x.value.data(), x.value.size(), 0) != 0)
                    return cannot();
            timespec const times[2] = { status.st_atim, status.st_mtim };
            return ::utimensat(to, name, times, AT_SYMLINK_NOFOLLOW) == 0 ? Result<void> {} : cannot();
        }

        Result<std::string> link_target(char const* name) const
        {
            std::string target(4096, '\0');
            ssize_t const size = ::readlinkat(m_from.fd(), name, target.data(), target.size());
            if (size < 0)
                return cannot();
            target.resize(static_cast<size_t>(size));
            return target;
        }

        staithe_call const& m_call;
        int m_to_root;
        DirStack m_from, m_to;
        std::vector<Frame> m_frames;
        std::string m_path;
        Sharing m_sharing = Sharing::Try;
        std::map<std::pair<dev_t, ino_t>, std::string> m_linked;
    };

} // namespace

Result<void> copy_tree(staithe_call const& call, int from, int to)
{
    return Copy(call, from, to).run();
}

Result<void> copy_directory_attributes(int from, int to)
{
    struct stat status { };
    if (::fstat(from, &status) != 0)
        return errno_error("cannot look at a directory");
    return dress(to, status, STAITHE_TRY(xattrs_of(from)));
}

} // namespace staithe::trees
