// SPDX-License-Identifier: Apache-2.0
//
// Between clone3(2) and the final step.
#include "plugins/execution/namespaces/child.hpp"

#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include <staithe/cpp/text.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "plugins/common/final_step/channel.hpp"
#include "plugins/common/final_step/final_step.hpp"
#include "plugins/execution/namespaces/syscalls.hpp"

namespace staithe::namespaces {

namespace {

    Result<void> raise_loopback()
    {
        UniqueFd const socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        ifreq request {};
        std::strcpy(request.ifr_name, "lo");
        request.ifr_flags = IFF_UP | IFF_RUNNING;
        if (!socket || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) < 0)
            return errno_error("cannot raise the loopback interface");
        return {};
    }

    Result<void> join_network(int network_namespace)
    {
        if (network_namespace < 0)
            return raise_loopback();
        if (::setns(network_namespace, CLONE_NEWNET) < 0)
            return errno_error("cannot join the network namespace");
        return {};
    }

    Result<void> name_host(staithe_container const& container)
    {
        if (::sethostname(container.hostname.data, container.hostname.size) < 0)
            return errno_error("cannot set the host name");
        if (::setdomainname(container.domainname.data, container.domainname.size) < 0)
            return errno_error("cannot set the domain name");
        return {};
    }

    /// Away from the session keyring of whoever started the daemon. Where keyrings are missing or used up there is
    /// nothing to be away from.
    void leave_keyring()
    {
        ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
    }

    Result<void> build(staithe_container const& container, Hierarchies const& hierarchies,
        std::vector<HostDevice> const& devices, int channel)
    {
        STAITHE_TRY(join_network(container.network_namespace));
        STAITHE_TRY(name_host(container));
        leave_keyring();
        Root root(container);
        STAITHE_TRY(root.enter());
        STAITHE_TRY(root.mount_kernel_filesystems(devices));
        if (!final_step::wait_for_go(channel))
            return Error { STAITHE_CANCELLED, 0, "the keeper went away" };
        STAITHE_TRY(root.mount_cgroups(hierarchies));
        return root.mount_rest();
    }

} // namespace

void run_first_process(staithe_container const& container, Hierarchies const& hierarchies,
    std::vector<HostDevice> const& devices, int channel)
{
    final_step::shield(channel);
    ::umask(0);
    if (auto built = build(container, hierarchies, devices, channel); !built)
        final_step::fail(channel, built.error());
    final_step::run(*container.process, *container.confinement, channel);
}

void run_entering_process(
    int pidfd, staithe_process const& process, staithe_confinement const& confinement, int channel, int pid_channel)
{
    final_step::shield(channel);
    constexpr int all = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;
    if (!final_step::wait_for_go(channel))
        ::_exit(1);
    leave_keyring();
    if (::setns(pidfd, all) < 0)
        final_step::fail(channel, errno_error("cannot enter the container"));
    clone_args args {};
    args.flags = CLONE_PARENT; // the keeper waits for it, not this one, which is about to end
    pid_t const pid = clone_process(args);
    if (pid < 0)
        final_step::fail(channel, errno_error("cannot make a process in the container"));
    if (pid == 0) {
        final_step::shield(channel);
        final_step::run(process, confinement, channel);
    }
    (void)!::write(pid_channel, &pid, sizeof pid);
    ::_exit(0);
}

} // namespace staithe::namespaces
