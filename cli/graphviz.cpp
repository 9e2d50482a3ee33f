#include "cli/graphviz.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <staithe/cpp/unique_fd.hpp>

#include "cli/output.hpp"

namespace staithe::cli {

namespace {

    /// Both ends of the program are memory, so nobody waits for the other side of a pipe.
    Result<UniqueFd> memory_file(char const* name)
    {
        UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
        if (!file)
            return errno_error("cannot make room for the picture");
        return file;
    }

    Result<std::string> read_from_start(int fd)
    {
        std::string text;
        char buffer[65536];
        for (;;) {
            ssize_t const n = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()));
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return errno_error("cannot read the picture");
            if (n == 0)
                return text;
            text.append(buffer, static_cast<size_t>(n));
        }
    }

    /// The child's SIGPIPE is as shells give it: main() ignores ours.
    Result<pid_t> spawn_dot(int in, int out)
    {
        char name[] = "dot", format[] = "-Tsvg";
        char* const words[] = { name, format, nullptr };
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        sigset_t defaults;
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes, &defaults);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        pid_t pid = 0;
        int const error = ::posix_spawnp(&pid, name, &actions, &attributes, words, environ);
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&actions);
        if (error == ENOENT)
            return Error { STAITHE_NOT_FOUND, ENOENT,
                "cannot draw the graph: the program 'dot' is not installed\n"
                "  install the package graphviz (apt install graphviz); without it: staithe tree --dot" };
        if (error)
            return errno_error("cannot run 'dot'", error);
        return pid;
    }

} // namespace

Result<std::string> draw_svg(std::string_view dot)
{
    auto const in = STAITHE_TRY(memory_file("graph")), out = STAITHE_TRY(memory_file("picture"));
    STAITHE_TRY(write_all(in.get(), dot, "the graph"));
    ::lseek(in.get(), 0, SEEK_SET);
    auto const pid = STAITHE_TRY(spawn_dot(in.get(), out.get()));
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return Error { STAITHE_INTERNAL, 0, "cannot draw the graph: 'dot' has failed\n  see: staithe tree --dot" };
    return read_from_start(out.get());
}

} // namespace staithe::cli
