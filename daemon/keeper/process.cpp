#include "daemon/keeper/process.hpp"

#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <string>

namespace staithe::keeper {

namespace {

    int s_child_ended = -1;

    void on_child(int)
    {
        int const saved = errno;
        (void)::eventfd_write(s_child_ended, 1);
        errno = saved;
    }

    void on_nothing(int) { }

    void handle(int number, void (*handler)(int))
    {
        struct sigaction action { };
        action.sa_handler = handler;
        action.sa_flags = SA_RESTART;
        ::sigaction(number, &action, nullptr);
    }

    /// glibc's posix_spawn() leaves its own two signals ignored, its sigaction() does not touch them, and what is
    /// ignored stays so in the container's program.
    void restore_internal_signals()
    {
        constexpr size_t set_bytes = 8;
        char const default_action[32] = {}; // the kernel's struct: handler, flags, restorer, mask
        for (int const number : { 32, 33 })
            (void)::syscall(SYS_rt_sigaction, number, default_action, nullptr, set_bytes);
    }

    void keep_heap_small()
    {
        ::mallopt(M_ARENA_MAX, 1);
        ::mallopt(M_MMAP_THRESHOLD, 32 << 10);
        ::mallopt(M_TRIM_THRESHOLD, 64 << 10);
        ::mallopt(M_TOP_PAD, 8 << 10);
    }

} // namespace

Result<UniqueFd> prepare_process()
{
    keep_heap_small();
    ::umask(022);
    ::prctl(PR_SET_NAME, "staithe-keeper"); // it was made from the number of a descriptor
    (void)::setsid();
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return errno_error("cannot become a subreaper");
    UniqueFd ended(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!ended)
        return errno_error("cannot make an event descriptor");
    restore_internal_signals();
    s_child_ended = ended.get();
    handle(SIGCHLD, on_child);
    for (int const number : { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2 })
        handle(number, on_nothing);
    return ended;
}

void close_descriptors_from(int first)
{
    (void)::syscall(SYS_close_range, static_cast<unsigned>(first), ~0u, 0u);
}

Result<void> enter_private_mounts()
{
    if (::unshare(CLONE_NEWNS) != 0)
        return errno_error("cannot make a mount namespace");
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
        return errno_error("cannot make mounts private");
    return {};
}

void set_oom_score(int score)
{
    UniqueFd const file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
    auto const text = std::to_string(score);
    (void)!::write(file.get(), text.data(), text.size());
}

} // namespace staithe::keeper
