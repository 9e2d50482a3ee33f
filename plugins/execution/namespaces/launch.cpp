// SPDX-License-Identifier: Apache-2.0
//
// The keeper's side of making processes.
#include "plugins/execution/namespaces/launch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <staithe/cpp/plugin.hpp>

#include "plugins/common/final_step/channel.hpp"
#include "plugins/execution/namespaces/child.hpp"
#include "plugins/execution/namespaces/syscalls.hpp"

namespace staithe::namespaces {

namespace {

    int milliseconds_left(staithe_call const& call)
    {
        if (call.deadline_ns == 0)
            return -1;
        timespec now {};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t const left = call.deadline_ns - (int64_t { now.tv_sec } * 1'000'000'000 + now.tv_nsec);
        return left <= 0 ? 0 : static_cast<int>(std::min<int64_t>(left / 1'000'000 + 1, 3'600'000));
    }

    /// Until the program runs, the child fails, the deadline passes, or somebody cancels.
    Result<void> wait_for_outcome(staithe_call const& call, int channel)
    {
        for (bool is_ready = false;;) {
            STAITHE_TRY(proceed(call));
            pollfd wait[2] { { channel, POLLIN, 0 }, { call.cancel_fd, POLLIN, 0 } };
            int const count = ::poll(wait, call.cancel_fd >= 0 ? 2 : 1, milliseconds_left(call));
            if (count < 0 && errno != EINTR)
                return errno_error("cannot wait for the container");
            if (count == 0 || (count > 0 && wait[1].revents))
                return Error { STAITHE_CANCELLED, 0, "cancelled while the container started" };
            if (count > 0 && STAITHE_TRY(final_step::hear(channel, is_ready)))
                return {};
        }
    }

    void end(pid_t pid)
    {
        ::kill(pid, SIGKILL);
        while (::waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) { }
    }

    clone_args arguments(staithe_container const& container, UniqueFd const& cgroup, int& pidfd)
    {
        clone_args args {};
        args.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_PIDFD;
        if (container.network_namespace < 0)
            args.flags |= CLONE_NEWNET;
        if (cgroup) {
            args.flags |= CLONE_INTO_CGROUP;
            args.cgroup = static_cast<uint64_t>(cgroup.get());
        }
        args.exit_signal = SIGCHLD;
        args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
        return args;
    }

    Result<void> confine(staithe_container const& container, Cgroup const& cgroup, pid_t pid)
    {
        STAITHE_TRY(cgroup.make_others());
        STAITHE_TRY(cgroup.limit(*container.limits, container.confinement->privileged));
        return cgroup.add(pid, false);
    }

    Result<void> let_go(staithe_call const& call, int channel)
    {
        (void)final_step::send_go(channel); // where the child has failed already, its outcome says so
        return wait_for_outcome(call, channel);
    }

    Result<pid_t> read_pid(int channel)
    {
        pid_t pid = -1;
        ssize_t size = -1;
        do
            size = ::read(channel, &pid, sizeof pid);
        while (size < 0 && errno == EINTR);
        if (size != sizeof pid)
            return Error { STAITHE_CONFLICT, 0, "the container ended meanwhile" };
        return pid;
    }

} // namespace

Result<Launched> launch_first(staithe_call const& call, staithe_container const& container, Cgroup const& cgroup)
{
    auto const devices = container.confinement->privileged ? host_devices() : std::vector<HostDevice>();
    auto [own, childs] = STAITHE_TRY(final_step::make_channel());
    UniqueFd group = STAITHE_TRY(cgroup.make_unified());
    int pidfd = -1;
    auto args = arguments(container, group, pidfd);
    pid_t const pid = clone_process(args);
    if (pid < 0)
        return errno_error("cannot make the container's namespaces");
    if (pid == 0) {
        own.reset();
        run_first_process(container, cgroup.hierarchies(), devices, childs.get());
    }
    Launched launched { pid, UniqueFd(pidfd) };
    childs.reset();
    auto outcome = confine(container, cgroup, pid);
    if (outcome)
        outcome = let_go(call, own.get());
    if (!outcome) {
        end(pid);
        return std::move(outcome.error());
    }
    return launched;
}

Result<pid_t> launch_entering(staithe_call const& call, int pidfd, staithe_process const& process,
    staithe_confinement const& confinement, Cgroup const& cgroup)
{
    auto [own, childs] = STAITHE_TRY(final_step::make_channel());
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0)
        return errno_error("cannot make a pipe");
    UniqueFd const pid_reader(ends[0]);
    UniqueFd pid_writer(ends[1]);
    clone_args args {};
    args.exit_signal = SIGCHLD;
    pid_t const between = clone_process(args);
    if (between < 0)
        return errno_error("cannot make a process");
    if (between == 0) {
        own.reset();
        run_entering_process(pidfd, process, confinement, childs.get(), pid_writer.get());
    }
    childs.reset();
    pid_writer.reset();
    auto outcome = cgroup.add(between, true);
    if (outcome)
        outcome = let_go(call, own.get());
    if (!outcome)
        ::kill(between, SIGKILL);
    while (::waitpid(between, nullptr, __WALL) < 0 && errno == EINTR) { }
    auto pid = read_pid(pid_reader.get());
    if (outcome)
        return pid;
    if (pid)
        end(pid.value());
    return std::move(outcome.error());
}

} // namespace staithe::namespaces
