#include "daemon/drivers/keeper_process.hpp"

#include <linux/mount.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <memory>

#include "daemon/os/spawn.hpp"

namespace staithe::drivers {

namespace {

    constexpr int first_free_fd = 64; // above every number that a child's descriptors are moved to

    Result<UniqueFd> moved_up(int fd)
    {
        UniqueFd high(::fcntl(fd, F_DUPFD_CLOEXEC, first_free_fd));
        if (!high)
            return errno_error("cannot duplicate descriptor");
        return high;
    }

    UniqueFd open_read_only_clone(std::string const& path)
    {
        UniqueFd mount(
            static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
        mount_attr attributes {};
        attributes.attr_set = MOUNT_ATTR_RDONLY;
        if (!mount || ::syscall(SYS_mount_setattr, mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
            return {};
        return mount;
    }

    struct Actions {
        posix_spawn_file_actions_t value;
        Actions() { posix_spawn_file_actions_init(&value); }
        ~Actions() { posix_spawn_file_actions_destroy(&value); }
        Actions(Actions const&) = delete;
        Actions& operator=(Actions const&) = delete;
    };

    struct Attributes {
        posix_spawnattr_t value;
        Attributes()
        {
            posix_spawnattr_init(&value);
            sigset_t none, all;
            sigemptyset(&none);
            sigfillset(&all);
            posix_spawnattr_setsigmask(&value, &none);
            posix_spawnattr_setsigdefault(&value, &all);
            posix_spawnattr_setflags(&value, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
        }
        ~Attributes() { posix_spawnattr_destroy(&value); }
        Attributes(Attributes const&) = delete;
        Attributes& operator=(Attributes const&) = delete;
    };

} // namespace

Result<KeeperProgram> KeeperProgram::open(std::string const& path)
{
    KeeperProgram program;
    UniqueFd file = open_read_only_clone(path);
    if (!file)
        file.reset(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!file || ::access(path.c_str(), X_OK) != 0)
        return errno_error("cannot open '" + path + "'");
    program.m_program = STAITHE_TRY(moved_up(file.get()));
    UniqueFd const null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null)
        return errno_error("cannot open '/dev/null'");
    program.m_null = STAITHE_TRY(moved_up(null.get()));
    return program;
}

Result<KeeperProcess> KeeperProgram::run(std::vector<std::string> const& arguments, std::vector<int> const& fds) const
{
    Actions actions;
    Attributes const attributes;
    std::vector<UniqueFd> high;
    for (int i = 0; i < 3; ++i)
        posix_spawn_file_actions_adddup2(&actions.value, m_null.get(), i);
    for (int const fd : fds) {
        high.push_back(STAITHE_TRY(moved_up(fd)));
        posix_spawn_file_actions_adddup2(&actions.value, high.back().get(), 2 + static_cast<int>(high.size()));
    }
    std::vector<char*> argv { const_cast<char*>("staithe-keeper") };
    for (auto const& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    auto settings = os::sanitizer_settings();
    std::vector<char*> environment;
    for (auto& setting : settings)
        environment.push_back(setting.data());
    environment.push_back(nullptr);
    auto const path = "/proc/self/fd/" + std::to_string(m_program.get());
    KeeperProcess process;
    int const failed =
        ::posix_spawn(&process.pid, path.c_str(), &actions.value, &attributes.value, argv.data(), environment.data());
    if (failed)
        return errno_error("cannot run staithe-keeper", failed);
    process.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    if (!process.pidfd) {
        auto const error = errno_error("cannot watch staithe-keeper");
        ::kill(process.pid, SIGKILL);
        ::waitpid(process.pid, nullptr, 0);
        return error;
    }
    return process;
}

void KeeperProcess::kill() const
{
    if (!pidfd)
        return;
    (void)::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
    siginfo_t info {};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED) != 0 && errno == EINTR) { }
}

bool KeeperProcess::reap(int& exit_code) const
{
    siginfo_t info {};
    if (::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
        return false;
    exit_code = info.si_code == CLD_EXITED ? info.si_status : -1;
    return true;
}

} // namespace staithe::drivers
