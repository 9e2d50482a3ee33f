#include "daemon/keeper/stdio.hpp"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>

namespace staithe::keeper {

namespace {

    constexpr int pipe_bytes = 256 << 10;

    Result<void> make_pipe(UniqueFd& read_end, UniqueFd& write_end)
    {
        int fds[2];
        if (::pipe2(fds, O_CLOEXEC) != 0)
            return errno_error("cannot make a pipe");
        read_end.reset(fds[0]);
        write_end.reset(fds[1]);
        (void)::fcntl(fds[0], F_SETPIPE_SZ, pipe_bytes); // a wish: fewer switches between writer and reader
        return {};
    }

    // Only our end: the flag belongs to the open file, and both ends of a pipe are one each.
    Result<void> set_nonblocking(int fd)
    {
        int const flags = ::fcntl(fd, F_GETFL);
        if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
            return errno_error("cannot make a descriptor non-blocking");
        return {};
    }

    Result<UniqueFd> open_null()
    {
        UniqueFd fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
        if (!fd)
            return errno_error("cannot open '/dev/null'");
        return fd;
    }

    Result<UniqueFd> make_devpts()
    {
        UniqueFd const context(static_cast<int>(::syscall(SYS_fsopen, "devpts", FSOPEN_CLOEXEC)));
        if (!context)
            return errno_error("cannot make a devpts instance");
        constexpr char const* settings[][2] = { { "ptmxmode", "0666" }, { "mode", "0620" }, { "gid", "5" } };
        for (auto const& [key, value] : settings)
            if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_SET_STRING, key, value, 0) != 0)
                return errno_error("cannot configure a devpts instance");
        if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
            return errno_error("cannot make a devpts instance");
        UniqueFd mount(static_cast<int>(
            ::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)));
        if (!mount)
            return errno_error("cannot mount a devpts instance");
        return mount;
    }

} // namespace

Result<Stdio> Stdio::pipes(bool open_stdin)
{
    Stdio stdio;
    if (open_stdin) {
        STAITHE_TRY(make_pipe(stdio.child[0], stdio.in));
        STAITHE_TRY(set_nonblocking(stdio.in.get()));
    } else {
        stdio.child[0] = STAITHE_TRY(open_null());
    }
    STAITHE_TRY(make_pipe(stdio.out, stdio.child[1]));
    STAITHE_TRY(make_pipe(stdio.err, stdio.child[2]));
    STAITHE_TRY(set_nonblocking(stdio.out.get()));
    STAITHE_TRY(set_nonblocking(stdio.err.get()));
    return stdio;
}

Result<Stdio> Stdio::terminal(bool open_stdin)
{
    Stdio stdio;
    stdio.tty = true;
    stdio.devpts = STAITHE_TRY(make_devpts());
    int const flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
    stdio.out.reset(::openat(stdio.devpts.get(), "ptmx", flags | O_NONBLOCK));
    int unlocked = 0;
    if (!stdio.out || ::ioctl(stdio.out.get(), TIOCSPTLCK, &unlocked) != 0)
        return errno_error("cannot make a terminal");
    stdio.child[0].reset(::ioctl(stdio.out.get(), TIOCGPTPEER, flags));
    if (!stdio.child[0])
        return errno_error("cannot open a terminal");
    for (int i : { 1, 2 })
        stdio.child[i] = STAITHE_TRY(stdio.child[0].duplicate());
    if (open_stdin)
        stdio.in = STAITHE_TRY(stdio.out.duplicate());
    return stdio;
}

// A terminal's slave stays open until the container has ended: while nobody has it, the master reads as ended.
void Stdio::close_child_ends()
{
    for (auto& fd : child)
        fd.reset();
    devpts.reset();
}

Result<void> Stdio::resize(uint32_t height, uint32_t width) const
{
    if (!tty)
        return Error { STAITHE_CONFLICT, 0, "container has no terminal" };
    if (height > 0xFFFF || width > 0xFFFF)
        return Error { STAITHE_RANGE, 0, "terminal size is too large" };
    winsize const size { static_cast<unsigned short>(height), static_cast<unsigned short>(width), 0, 0 };
    if (::ioctl(out.get(), TIOCSWINSZ, &size) != 0)
        return errno_error("cannot resize terminal");
    return {};
}

} // namespace staithe::keeper
