// SPDX-License-Identifier: Apache-2.0
//
// The order matters: what needs root comes before the user changes, what follows the seccomp filter must be allowed by
// it, and nothing of ours may be open when the container's own paths (cwd, program) are resolved by the kernel.
#include "plugins/common/final_step/final_step.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include <staithe/cpp/text.hpp>

#include "plugins/common/final_step/channel.hpp"
#include "plugins/common/final_step/identity.hpp"
#include "plugins/common/final_step/inside.hpp"
#include "plugins/common/final_step/program.hpp"
#include "plugins/common/final_step/stdio.hpp"

namespace staithe::final_step {

namespace {

    void die_with_keeper(int channel)
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (!has_peer(channel))
            ::_exit(1);
    }

    void reset_signals()
    {
        struct sigaction fresh { };
        fresh.sa_handler = SIG_DFL;
        for (int number = 1; number < NSIG; ++number)
            ::sigaction(number, &fresh, nullptr); // KILL, STOP and libc's own two refuse, rightly
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
    }

    void check(Result<void> result)
    {
        if (!result)
            fail(channel_fd, result.error());
    }

    Result<void> enter_directory(std::string_view path)
    {
        UniqueFd const root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!root)
            return errno_error("cannot open '/'");
        UniqueFd const directory = STAITHE_TRY(open_inside(root.get(), path, Make::Directories));
        if (::fchdir(directory.get()) < 0)
            return errno_error("cannot enter '" + std::string(path) + "'");
        char where[PATH_MAX];
        // The system call, unlike libc's function, says "(unreachable)/x" of a directory outside the root.
        if (::syscall(SYS_getcwd, where, sizeof where) < 0 || where[0] != '/')
            return Error { STAITHE_DENIED, 0, "'" + std::string(path) + "' is outside the container" };
        return {};
    }

    bool is_own_program(std::string const& path)
    {
        struct stat own, asked;
        return ::stat("/proc/self/exe", &own) == 0 && ::stat(path.c_str(), &asked) == 0 && own.st_dev == asked.st_dev
            && own.st_ino == asked.st_ino;
    }

} // namespace

void shield(int channel)
{
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    reset_signals();
    die_with_keeper(channel);
}

void run(staithe_process const& process, staithe_confinement const& confinement, int channel)
{
    if (auto taken = take_stdio(process, channel); !taken)
        fail(::fcntl(channel, F_GETFD) >= 0 ? channel : channel_fd, taken.error());
    ::umask(022);
    Program const program(process);
    ready(channel_fd);
    if (auto entered = enter_directory(view(process.cwd)); !entered)
        end_with_message("working directory: " + entered.error().message, 1);
    for (auto const& path : program.candidates())
        if (is_own_program(path))
            end_with_message("refusing to execute '" + path + "': it is the keeper", 126);
    check(limit_resources(confinement));
    check(become(process, confinement));
    // A change of user made the process dumpable again and forgot whom to die with.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    die_with_keeper(channel_fd);
    program.execute();
}

} // namespace staithe::final_step
