// An execution driver without any isolation: forks and executes a program of the host. Option "test" makes it
// misbehave in start().
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

#include <staithe/cpp/execution.hpp>

namespace {

using namespace staithe;

[[noreturn]] void become(staithe_process const& process, pid_t keeper)
{
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != keeper)
        ::_exit(1); // it died before we asked to be told
    for (int i = 0; i < 3; ++i)
        ::dup2(process.stdio[i], i);
    if (process.tty)
        ::ioctl(0, TIOCSCTTY, 0);
    std::vector<std::string> texts;
    for (size_t i = 0; i < process.argc; ++i)
        texts.emplace_back(view(process.argv[i]));
    for (size_t i = 0; i < process.envc; ++i)
        texts.emplace_back(view(process.env[i]));
    std::vector<char*> argv, env;
    for (size_t i = 0; i < texts.size(); ++i)
        (i < process.argc ? argv : env).push_back(texts[i].data());
    argv.push_back(nullptr);
    env.push_back(nullptr);
    ::execvpe(argv[0], argv.data(), env.data());
    ::_exit(127);
}

class Fake {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_EXECUTION, "fake",
        "Programs of the host, for tests", 1, 1 };
    static Result<void> probe(staithe_open const&) { return {}; }
    static Result<std::unique_ptr<Fake>> open(staithe_open const& where, Log)
    {
        auto fake = std::make_unique<Fake>();
        fake->m_mark = std::string(view(where.run_dir)) + "/destroyed";
        return fake;
    }

    Result<void> check(staithe_call const&, staithe_container const&) { return {}; }

    Result<staithe_started> start(staithe_call const&, staithe_container const& container)
    {
        auto const test = option(container.options, "test");
        if (test == "fail")
            return Error { STAITHE_CONFLICT, 0, "told to fail" };
        if (test == "crash")
            ::raise(SIGKILL);
        if (test == "hang")
            ::pause();
        if (test == "tell")
            tell(container);
        pid_t const keeper = ::getpid();
        m_pid = ::fork();
        if (m_pid == 0)
            become(*container.process, keeper);
        staithe_started started {};
        started.wait_pid = started.init_pid = m_pid;
        started.console = -1;
        return started;
    }

    Result<void> signal(staithe_call const&, std::string_view, int signo)
    {
        if (::kill(m_pid, signo) != 0)
            return errno_error("cannot signal");
        return {};
    }

    Result<void> destroy(staithe_call const&, std::string_view)
    {
        if (m_pid > 0)
            ::kill(-m_pid, SIGKILL);
        UniqueFd const mark(::open(m_mark.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        return {};
    }

    Result<std::string> stats(staithe_call const&, std::string_view) { return std::string("{\"oom_kills\":1}"); }

private:
    /// What it was given to mount, and in which network, into a file "told" beside the mark.
    void tell(staithe_container const& container) const
    {
        std::ofstream out(m_mark.substr(0, m_mark.rfind('/')) + "/told");
        out << (container.network_namespace >= 0 ? "network\n" : "no network\n");
        for (size_t i = 0; i < container.mount_count; ++i) {
            auto const& mount = *container.mounts[i];
            bool const has_mark = ::faccessat(mount.fd, "mark", F_OK, 0) == 0;
            out << view(mount.target) << ' ' << mount.flags << (has_mark ? " mark\n" : " nothing\n");
        }
    }

    std::string m_mark;
    pid_t m_pid = 0;
};

} // namespace

STAITHE_EXECUTION_PLUGIN(Fake, "org.staithe.test.fake", "1.0", "Apache-2.0");
