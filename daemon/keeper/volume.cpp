// Managed volumes. In a volume's directory lie `data`, `data.new` while it is being filled, and `filled` from then on:
// a volume that its container has emptied stays empty, and nothing is put under one that others use already.
#include "daemon/keeper/volume.hpp"

#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <string>

#include "daemon/os/clock.hpp"
#include "daemon/rpc/codec.hpp"
#include "trees/copy_tree.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::keeper {

namespace {

    constexpr unsigned longest_fill_s = 3600;
    constexpr int asking_ms = 1000;
    constexpr char data_name[] = "data", new_name[] = "data.new", filled_name[] = "filled";

    bool is_filled(int volume)
    {
        return ::faccessat(volume, filled_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    }

    /// Everybody who fills this volume comes one after the other. The lock goes with the descriptor.
    Result<UniqueFd> lock(int volume)
    {
        UniqueFd own(::openat(volume, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!own || ::flock(own.get(), LOCK_EX) != 0)
            return errno_error("cannot lock a volume");
        return own;
    }

    Result<bool> is_empty(int directory)
    {
        return STAITHE_TRY(trees::names_in(directory)).empty();
    }

    /// The image's directory at the target; none where it has nothing that could be copied.
    Result<UniqueFd> find_source(int rootfs, std::string const& target)
    {
        open_how how {};
        how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
        UniqueFd source(static_cast<int>(::syscall(SYS_openat2, rootfs, target.c_str(), &how, sizeof how)));
        if (!source && (errno == ENOENT || errno == ENOTDIR))
            return source;
        struct stat found {
        }, root {};
        if (!source || ::fstat(source.get(), &found) != 0 || ::fstat(rootfs, &root) != 0)
            return errno_error("cannot open '" + target + "' of the image");
        if (found.st_dev == root.st_dev && found.st_ino == root.st_ino)
            return Error { STAITHE_INVALID, 0, "the target is the root" };
        return source;
    }

    Result<void> copy(staithe_call const& call, int volume, int source)
    {
        struct stat place {
        }, image {};
        if (::fstatat(volume, data_name, &place, AT_SYMLINK_NOFOLLOW) != 0 || ::fstat(source, &image) != 0)
            return errno_error("cannot look at a volume");
        if (::mkdirat(volume, new_name, 0700) != 0)
            return errno_error("cannot make a volume's directory");
        UniqueFd const fresh = STAITHE_TRY(trees::open_directory(volume, new_name));
        STAITHE_TRY(trees::copy_tree(call, source, fresh.get()));
        if (::fchmod(fresh.get(), place.st_mode & 07777) != 0)
            return errno_error("cannot set the mode of a volume");
        // Durable before it is there: once "filled" is said, nobody looks again.
        if (::syncfs(fresh.get()) != 0)
            return errno_error("cannot sync a volume");
        if (::renameat(volume, new_name, volume, data_name) != 0)
            return errno_error("cannot put a volume's content in its place");
        return {};
    }

    Result<void> fill(staithe_call const& call, int volume, int rootfs, std::string const& target)
    {
        auto const locked = STAITHE_TRY(lock(volume));
        if (is_filled(volume))
            return {};
        STAITHE_TRY(trees::remove_tree(volume, new_name));
        auto const data = STAITHE_TRY(trees::open_directory(volume, data_name));
        auto const source = STAITHE_TRY(find_source(rootfs, target));
        if (source && STAITHE_TRY(is_empty(data.get())) && !STAITHE_TRY(is_empty(source.get())))
            STAITHE_TRY(copy(call, volume, source.get()));
        UniqueFd const mark(::openat(volume, filled_name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!mark)
            return errno_error("cannot mark a volume as filled");
        return {};
    }

    [[noreturn]] void run_child(int answer, int volume, int rootfs, std::string const& target)
    {
        (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)::signal(SIGALRM, SIG_DFL);
        (void)::alarm(longest_fill_s); // also for what no call checks: a lock, a sync
        staithe_call call {};
        call.struct_size = sizeof call;
        call.cancel_fd = -1;
        auto const filled = fill(call, volume, rootfs, target);
        if (filled)
            ::_exit(0);
        rpc::Writer out;
        encode(out, filled.error());
        auto const text = out.take();
        (void)!::write(answer, text.data(), text.size());
        ::_exit(1);
    }

    Error failure(int answer)
    {
        char bytes[4096]; // PIPE_BUF, so it was written whole
        ssize_t const size = ::read(answer, bytes, sizeof bytes);
        if (size <= 0)
            return { STAITHE_CANCELLED, 0, "it took too long, or nobody waits for it any more" };
        rpc::Reader in({ bytes, static_cast<size_t>(size) });
        return rpc::decode_error(in);
    }

    /// Its end of the pipe goes with the child.
    void await(int answer, pid_t child, std::function<bool()> const& still_wanted)
    {
        pollfd done { answer, POLLIN, 0 };
        for (;;) {
            int const ready = ::poll(&done, 1, asking_ms);
            if (ready > 0)
                return;
            if (ready == 0 && !still_wanted())
                (void)::kill(child, SIGKILL);
        }
    }

    Result<void> fill_in_child(
        int volume, int rootfs, std::string const& target, std::function<bool()> const& still_wanted)
    {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return errno_error("cannot make a pipe");
        UniqueFd const reader(ends[0]);
        UniqueFd writer(ends[1]);
        pid_t const pid = ::fork();
        if (pid < 0)
            return errno_error("cannot make a process");
        if (pid == 0)
            run_child(writer.get(), volume, rootfs, target);
        writer.reset();
        await(reader.get(), pid, still_wanted);
        int status = 0;
        while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Result<void>() : Result<void>(failure(reader.get()));
    }

} // namespace

Result<UniqueFd> open_volume(
    int directory, int rootfs, std::string_view target, std::function<bool()> const& still_wanted)
{
    if (!is_filled(directory))
        STAITHE_TRY_CONTEXT(fill_in_child(directory, rootfs, std::string(target), still_wanted),
            "cannot fill volume at '" + std::string(target) + "'");
    UniqueFd mount(static_cast<int>(
        ::syscall(SYS_open_tree, directory, data_name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW)));
    if (!mount)
        return errno_error("cannot mount volume at '" + std::string(target) + "'");
    return mount;
}

} // namespace staithe::keeper
