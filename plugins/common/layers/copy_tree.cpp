// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/copy_tree.hpp"

#include <sys/xattr.h>

#include <map>

#include "plugins/common/archive/copy_file.hpp"
#include "plugins/common/archive/dir_stack.hpp"
#include "plugins/common/archive/names.hpp"
#include "plugins/common/archive/parents.hpp"
#include "plugins/common/layers/differences.hpp"

namespace staithe::layers {

using archive::dress;
using archive::quoted;

namespace {

    class Copy {
    public:
        explicit Copy(int to)
            : m_to(to)
            , m_parents(to)
        {
        }

        Result<void> add(staithe_call const& call, Difference const& d)
        {
            if (d.path.empty())
                return dress(m_to, d.status, *d.xattrs);
            if (S_ISSOCK(d.status.st_mode))
                return {};
            auto const [outer, leaf] = archive::split_name(d.path);
            std::string const name(leaf);
            int const parent = STAITHE_TRY(m_parents.enter(outer, d.status.st_mtim));
            if (S_ISDIR(d.status.st_mode))
                return add_directory(d, parent, name.c_str());
            if (d.status.st_nlink > 1 && STAITHE_TRY(add_link(d, parent, name.c_str())))
                return {};
            if (S_ISREG(d.status.st_mode))
                return add_file(call, d, parent, name.c_str());
            return add_special(d, parent, name.c_str());
        }

    private:
        static Error cannot(Difference const& d)
        {
            int const value = errno;
            return errno_error("cannot copy " + quoted(d.path), value);
        }

        Result<void> add_directory(Difference const& d, int parent, char const* name)
        {
            if (::mkdirat(parent, name, 0700) != 0)
                return cannot(d);
            auto const fd = STAITHE_TRY(archive::open_directory(parent, name));
            return dress(fd.get(), d.status, *d.xattrs);
        }

        /// False for the first name of a file.
        Result<bool> add_link(Difference const& d, int parent, char const* name)
        {
            auto const [first, is_new] = m_linked.try_emplace({ d.status.st_dev, d.status.st_ino }, d.path);
            if (is_new)
                return false;
            auto const [outer, leaf] = archive::split_name(first->second);
            auto const from = STAITHE_TRY(m_parents.find(outer));
            if (::linkat(from.get(), std::string(leaf).c_str(), parent, name, 0) != 0)
                return cannot(d);
            return true;
        }

        Result<void> add_file(staithe_call const& call, Difference const& d, int parent, char const* name)
        {
            auto const from = STAITHE_TRY(open_file(d.directory, d.name, d.status));
            UniqueFd const to(::openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
            if (!to)
                return cannot(d);
            if (d.status.st_size > 0)
                STAITHE_TRY_CONTEXT(
                    archive::copy_data(call, from.get(), to.get(), d.status, m_sharing), "file " + quoted(d.path));
            return dress(to.get(), d.status, STAITHE_TRY(xattrs_of(from.get())));
        }

        Result<void> add_special(Difference const& d, int parent, char const* name)
        {
            auto const& s = d.status;
            bool const link = S_ISLNK(s.st_mode);
            int const made = link ? ::symlinkat(STAITHE_TRY(link_target(d.directory, d.name)).c_str(), parent, name)
                                  : ::mknodat(parent, name, s.st_mode, s.st_rdev);
            if (made != 0 || ::fchownat(parent, name, s.st_uid, s.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
                return cannot(d);
            if (!link && ::fchmodat(parent, name, s.st_mode & 07777, 0) != 0)
                return cannot(d);
            auto const path = "/proc/self/fd/" + std::to_string(parent) + '/' + name;
            for (auto const& x : STAITHE_TRY(xattrs_of(d.directory, d.name, s)))
                if (::lsetxattr(path.c_str(), x.name.c_str(), x.value.data(), x.value.size(), 0) != 0)
                    return cannot(d);
            timespec const times[2] = { s.st_atim, s.st_mtim };
            return ::utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) == 0 ? Result<void> {} : cannot(d);
        }

        int m_to;
        archive::Parents m_parents;
        archive::Sharing m_sharing = archive::Sharing::Try;
        std::map<std::pair<dev_t, ino_t>, std::string> m_linked;
    };

} // namespace

Result<void> copy_tree(staithe_call const& call, int from, int to)
{
    Copy copy(to);
    return compare(call, { -1, from, false, {} }, [&](Difference const& d) { return copy.add(call, d); });
}

Result<void> copy_directory_attributes(int from, int to)
{
    struct stat status { };
    if (::fstat(from, &status) != 0)
        return errno_error("cannot stat a directory of the layer");
    return dress(to, status, STAITHE_TRY(xattrs_of(from)));
}

} // namespace staithe::layers
