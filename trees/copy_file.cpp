// SPDX-License-Identifier: Apache-2.0
#include "trees/copy_file.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>

#include "trees/names.hpp"

namespace staithe::trees {

namespace {

    /// Between two file systems the one call does not work, and the other needs the offset set.
    ssize_t copy_part(int from, int to, off_t& at, size_t size)
    {
        off_t out = at;
        ssize_t const n = ::copy_file_range(from, &at, to, &out, size, 0);
        if (n >= 0 || (errno != EXDEV && errno != EOPNOTSUPP && errno != EINVAL))
            return n;
        return ::lseek(to, at, SEEK_SET) < 0 ? -1 : ::sendfile(to, from, &at, size);
    }

    Result<void> copy_stretch(staithe_call const& call, int from, int to, off_t at, off_t end)
    {
        constexpr off_t most = off_t { 64 } << 20; // so that a cancelled call ends soon
        while (at < end) {
            STAITHE_TRY(proceed(call));
            ssize_t const n = copy_part(from, to, at, static_cast<size_t>(std::min(end - at, most)));
            if (n < 0 && errno != EINTR)
                return errno_error("cannot copy");
            if (n == 0)
                break;
        }
        return {};
    }

} // namespace

Result<void> copy_data(staithe_call const& call, int from, int to, struct stat const& status, Sharing& sharing)
{
    if (sharing == Sharing::Try) {
        if (::ioctl(to, FICLONE, from) == 0)
            return {};
        if (errno == EOPNOTSUPP || errno == EXDEV || errno == ENOTTY || errno == EINVAL)
            sharing = Sharing::Impossible;
    }
    if (::ftruncate(to, status.st_size) != 0)
        return errno_error("cannot size the copy");
    for (off_t at = 0; at < status.st_size;) {
        off_t const data = ::lseek(from, at, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            break;
        off_t const hole = data < 0 ? -1 : ::lseek(from, data, SEEK_HOLE);
        if (hole < 0)
            return errno_error("cannot find the holes");
        STAITHE_TRY(copy_stretch(call, from, to, data, hole));
        at = hole;
    }
    return {};
}

Result<void> dress(int fd, struct stat const& status, std::vector<Xattr> const& xattrs)
{
    if (::fchown(fd, status.st_uid, status.st_gid) != 0)
        return errno_error("cannot set an owner");
    // What a default ACL of the directory around gave.
    for (char const* name : { "system.posix_acl_access", "system.posix_acl_default" })
        ::fremovexattr(fd, name);
    if (::fchmod(fd, status.st_mode & 07777) != 0)
        return errno_error("cannot set a mode");
    for (auto const& x : xattrs)
        if (::fsetxattr(fd, x.name.c_str(), x.value.data(), x.value.size(), 0) != 0)
            return errno_error("cannot set extended attribute " + quoted(x.name));
    timespec const times[2] = { status.st_atim, status.st_mtim };
    return ::futimens(fd, times) == 0 ? Result<void> {} : errno_error("cannot set a time");
}

} // namespace staithe::trees
