// SPDX-License-Identifier: Apache-2.0
//
// Session, terminal and descriptors of a container's program.
#include "plugins/common/final_step/stdio.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace staithe::final_step {

namespace {

    constexpr int above = 10; // where the sources are parked while 0–3 are overwritten

    Result<int> park(int fd)
    {
        int const copy = ::fcntl(fd, F_DUPFD_CLOEXEC, above);
        if (copy < 0)
            return errno_error("cannot duplicate the container's stdio");
        return copy;
    }

    void give(int fd, uid_t uid)
    {
        struct stat status;
        if (::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || ::isatty(fd)))
            (void)!::fchown(fd, uid, static_cast<gid_t>(-1)); // a convenience; a foreign pipe may refuse
    }

} // namespace

Result<void> take_stdio(staithe_process const& process, int channel)
{
    int parked[3];
    for (int i = 0; i < 3; ++i)
        parked[i] = STAITHE_TRY(park(process.stdio[i]));
    int const parked_channel = STAITHE_TRY(park(channel));
    for (int i = 0; i < 3; ++i)
        if (::dup2(parked[i], i) < 0)
            return errno_error("cannot set the container's stdio");
    if (::dup3(parked_channel, channel_fd, O_CLOEXEC) < 0)
        return errno_error("cannot keep the channel");
    if (::syscall(SYS_close_range, channel_fd + 1, UINT_MAX, 0) < 0)
        return errno_error("cannot close descriptors");
    if (::setsid() < 0 && errno != EPERM) // EPERM: it leads a session already
        return errno_error("cannot make a session");
    if (process.tty && ::ioctl(0, TIOCSCTTY, 0) < 0)
        return errno_error("cannot take the terminal");
    if (process.uid != 0)
        for (int i = 0; i < 3; ++i)
            give(i, process.uid);
    return {};
}

} // namespace staithe::final_step
