#include "spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::os {

namespace {

    constexpr int first_fd = 3;

    /// posix_spawn's two parameter objects, freed at the end.
    struct Plan {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        Plan()
        {
            posix_spawn_file_actions_init(&actions);
            posix_spawnattr_init(&attributes);
        }
        ~Plan()
        {
            posix_spawn_file_actions_destroy(&actions);
            posix_spawnattr_destroy(&attributes);
        }
        Plan(Plan const&) = delete;
        Plan& operator=(Plan const&) = delete;
    };

    void set_signals(posix_spawnattr_t& attributes)
    {
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }

    std::vector<char*> pointers(std::vector<std::string> const& texts)
    {
        std::vector<char*> out;
        for (auto const& text : texts)
            out.push_back(const_cast<char*>(text.c_str()));
        out.push_back(nullptr);
        return out;
    }

} // namespace

Result<pid_t> spawn(Program const& program)
{
    Plan plan;
    set_signals(plan.attributes);
    posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&plan.actions, 1, "/dev/null", O_WRONLY, 0);

    // Copies above the targets, so that no target overwrites a source.
    int const end = first_fd + static_cast<int>(program.fds.size());
    std::vector<UniqueFd> copies;
    for (size_t i = 0; i < program.fds.size(); ++i) {
        copies.emplace_back(::fcntl(program.fds[i], F_DUPFD_CLOEXEC, end));
        if (!copies.back())
            return errno_error("cannot duplicate descriptor");
        posix_spawn_file_actions_adddup2(&plan.actions, copies.back().get(), first_fd + static_cast<int>(i));
    }
    posix_spawn_file_actions_addclosefrom_np(&plan.actions, end);

    auto argv = pointers(program.argv), env = pointers(program.env);
    pid_t pid = -1;
    if (int const failed =
            posix_spawn(&pid, program.path.c_str(), &plan.actions, &plan.attributes, argv.data(), env.data()))
        return errno_error("cannot start '" + program.path + "'", failed);
    return pid;
}

std::vector<std::string> sanitizer_settings()
{
    std::vector<std::string> found;
#ifdef STAITHE_SANITIZED
    for (char const* name : { "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS" })
        if (char const* value = std::getenv(name))
            found.push_back(std::string(name) + "=" + value);
#endif
    return found;
}

std::string describe_exit(int wait_status)
{
    if (WIFSIGNALED(wait_status)) {
        int const number = WTERMSIG(wait_status);
        char const* const name = sigdescr_np(number);
        return "was killed by signal " + std::to_string(number) + (name ? " (" + std::string(name) + ")" : "");
    }
    return "exited with " + std::to_string(WEXITSTATUS(wait_status));
}

} // namespace staithe::os
