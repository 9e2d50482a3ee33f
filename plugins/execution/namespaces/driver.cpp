// SPDX-License-Identifier: Apache-2.0
//
// The driver's table, told in terms of the other files of this folder.
#include "plugins/execution/namespaces/driver.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "plugins/execution/namespaces/check.hpp"
#include "plugins/execution/namespaces/launch.hpp"
#include "plugins/execution/namespaces/syscalls.hpp"
#include "plugins/execution/namespaces/wait.hpp"

namespace staithe::namespaces {

namespace {

    std::string container_named(std::string_view id)
    {
        return "container '" + std::string(id.substr(0, 12)) + "'";
    }

    bool has_ended(int pidfd)
    {
        siginfo_t info {};
        // ECHILD: the keeper has waited for it already
        return ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
    }

    Result<void> try_namespaces()
    {
        clone_args args {};
        args.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
        args.exit_signal = SIGCHLD;
        pid_t const pid = clone_process(args);
        if (pid == 0)
            ::_exit(0);
        if (pid < 0)
            return errno_error("cannot make namespaces; run the daemon as root on a kernel with mount, pid, uts, ipc, "
                               "net and cgroup namespaces, outside of a restricted container");
        while (::waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) { }
        return {};
    }

} // namespace

Result<void> Driver::probe(staithe_open const&)
{
    if (::geteuid() != 0)
        return Error { STAITHE_DENIED, EPERM, "namespaces need root; run the daemon as root" };
    STAITHE_TRY(try_namespaces());
    auto const hierarchies = STAITHE_TRY(Hierarchies::discover());
    if (!hierarchies.unified() && !hierarchies.with("devices"))
        return Error { STAITHE_UNSUPPORTED, 0, "no cgroups are mounted; mount cgroup2 at '/sys/fs/cgroup'" };
    return {};
}

Result<std::unique_ptr<Driver>> Driver::open(staithe_open const& where, Log)
{
    return std::unique_ptr<Driver>(new Driver(std::string(view(where.run_dir))));
}

Result<void> Driver::check(staithe_call const&, staithe_container const& container)
{
    return check_container(container);
}

Result<staithe_started> Driver::start(staithe_call const& call, staithe_container const& container)
{
    STAITHE_TRY(proceed(call));
    STAITHE_TRY(check_container(container));
    if (m_running && !has_ended(m_running->pidfd.get()))
        return Error { STAITHE_CONFLICT, 0, container_named(m_running->id) + " runs in this keeper already" };
    Cgroup const cgroup(STAITHE_TRY(Hierarchies::discover()), std::string(view(container.cgroup)));
    if (m_records.read(view(container.id)))
        return Error { STAITHE_EXISTS, 0, container_named(view(container.id)) + " has not been destroyed yet" };
    STAITHE_TRY(m_records.write(view(container.id), view(container.cgroup)));
    auto started = launch(call, container, cgroup);
    if (started)
        return started;
    // A group that was there before this start belongs to somebody else.
    if (started.error().code != STAITHE_EXISTS)
        (void)cgroup.destroy(patience({}));
    m_records.remove(view(container.id));
    return started;
}

Result<staithe_started> Driver::launch(
    staithe_call const& call, staithe_container const& container, Cgroup const& cgroup)
{
    auto launched = STAITHE_TRY(launch_first(call, container, cgroup));
    Running running { std::string(view(container.id)), std::move(launched.pidfd), *container.confinement, {} };
    if (container.confinement->seccomp_program)
        running.seccomp.assign(
            static_cast<char const*>(container.confinement->seccomp_program), container.confinement->seccomp_size);
    m_running = std::move(running);
    staithe_started started {};
    started.struct_size = sizeof started;
    started.wait_pid = started.init_pid = launched.pid;
    started.console = -1;
    return started;
}

Result<Driver::Running*> Driver::running(std::string_view id)
{
    if (!m_running || m_running->id != id || has_ended(m_running->pidfd.get()))
        return Error { STAITHE_CONFLICT, 0, container_named(id) + " is not running" };
    return &*m_running;
}

Result<Cgroup> Driver::cgroup_of(std::string_view id) const
{
    return Cgroup(STAITHE_TRY(Hierarchies::discover()), STAITHE_TRY(m_records.read(id)));
}

Result<void> Driver::signal(staithe_call const&, std::string_view id, int signo)
{
    if (signo < 1 || signo > 64)
        return Error { STAITHE_INVALID, 0, "signal " + std::to_string(signo) + " does not exist" };
    auto* const container = STAITHE_TRY(running(id));
    if (send_signal(container->pidfd.get(), signo) < 0)
        return errno == ESRCH ? Error { STAITHE_CONFLICT, ESRCH, container_named(id) + " is not running" }
                              : errno_error("cannot signal " + container_named(id));
    return {};
}

Result<void> Driver::destroy(staithe_call const& call, std::string_view id)
{
    if (!is_container_id(id))
        return {};
    if (m_running && m_running->id == id) {
        (void)send_signal(m_running->pidfd.get(), SIGKILL);
        m_running.reset();
    }
    auto const cgroup = cgroup_of(id);
    if (!cgroup)
        return cgroup.error().code == STAITHE_NOT_FOUND ? Result<void>() : Result<void>(cgroup.error());
    STAITHE_TRY_CONTEXT(cgroup.value().destroy(patience(call)), "cannot destroy " + container_named(id));
    m_records.remove(id);
    return {};
}

Result<pid_t> Driver::enter(staithe_call const& call, std::string_view id, staithe_process const& process)
{
    STAITHE_TRY(check_process(process));
    auto* const container = STAITHE_TRY(running(id));
    staithe_confinement confinement = container->confinement;
    confinement.seccomp_program = container->seccomp.empty() ? nullptr : container->seccomp.data();
    return launch_entering(call, container->pidfd.get(), process, confinement, STAITHE_TRY(cgroup_of(id)));
}

Result<void> Driver::freeze(staithe_call const& call, std::string_view id, bool frozen)
{
    STAITHE_TRY(running(id));
    return STAITHE_TRY(cgroup_of(id)).freeze(frozen, patience(call));
}

Result<std::string> Driver::stats(staithe_call const&, std::string_view id)
{
    return STAITHE_TRY(cgroup_of(id)).stats();
}

} // namespace staithe::namespaces

STAITHE_EXECUTION_PLUGIN(staithe::namespaces::Driver, "org.staithe.execution-namespaces", "0.1.0", "Apache-2.0");
