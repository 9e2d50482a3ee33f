// SPDX-License-Identifier: Apache-2.0
#include "tests/probe/calls.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace {

struct Call {
    char const* name;
    long number;
};
constexpr Call calls[] {
#include "tests/probe/syscalls.inc"
};

struct Arguments {
    long values[6] { -1, -1, -1, -1, -1, -1 };
};

/// errno of the call, 0 where it succeeded, ended the process, or never returned.
int make(long number, Arguments const& a)
{
    auto* const shared = static_cast<volatile int*>(
        ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    *shared = 0;
    pid_t const child = ::fork();
    if (child == 0) {
        itimerval const soon { {}, { 0, 50000 } }; // for those that wait: pause and the like
        ::setitimer(ITIMER_REAL, &soon, nullptr);
        if (number == SYS_landlock_restrict_self) // without this its own answer would be EPERM
            ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        // vfork's child would return over the frame in which its parent wakes up: only libc's own vfork() is safe.
        long const result = number == SYS_vfork
            ? ::vfork()
            : ::syscall(number, a.values[0], a.values[1], a.values[2], a.values[3], a.values[4], a.values[5]);
        if (result == -1)
            *shared = errno;
        ::_exit(0);
    }
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) { }
    int const result = *shared;
    ::munmap(const_cast<int*>(shared), sizeof(int));
    return result;
}

/// An ENOSYS other than clone3's is the kernel's own: a call that it does not have, or futex's for a bad operation.
char const* verdict(long number, int error)
{
    if (error == EPERM)
        return "EPERM";
    return error == ENOSYS && number == SYS_clone3 ? "ENOSYS" : "allowed";
}

} // namespace

std::vector<std::pair<std::string, std::string>> probe_calls()
{
    std::vector<std::pair<std::string, std::string>> result;
    for (auto const& call : calls) {
        Arguments arguments;
        if (call.number == SYS_clone || call.number == SYS_socket || call.number == SYS_personality)
            arguments = Arguments { { 0, 0, 0, 0, 0, 0 } };
        if (call.number == SYS_sync) { // would write out the whole machine; syncfs stands in its class
            result.emplace_back(call.name, "not made");
            continue;
        }
        result.emplace_back(call.name, verdict(call.number, make(call.number, arguments)));
    }
    return result;
}

std::vector<std::pair<std::string, std::string>> probe_arguments()
{
    struct Case {
        char const* name;
        long number, first, second;
    };
    static constexpr Case cases[] {
        { "socket(AF_UNIX)", SYS_socket, AF_UNIX, SOCK_STREAM },
        { "socket(AF_INET)", SYS_socket, AF_INET, SOCK_STREAM },
        { "socket(AF_NETLINK)", SYS_socket, AF_NETLINK, SOCK_RAW },
        { "socket(AF_ALG)", SYS_socket, AF_ALG, SOCK_SEQPACKET },
        { "socket(AF_VSOCK)", SYS_socket, AF_VSOCK, SOCK_STREAM },
        { "clone(SIGCHLD)", SYS_clone, SIGCHLD, 0 },
        { "clone(CLONE_NEWUSER)", SYS_clone, CLONE_NEWUSER | SIGCHLD, 0 },
        { "clone(CLONE_NEWNS)", SYS_clone, CLONE_NEWNS | SIGCHLD, 0 },
        { "clone(CLONE_NEWPID)", SYS_clone, CLONE_NEWPID | SIGCHLD, 0 },
        { "clone(CLONE_NEWNET)", SYS_clone, CLONE_NEWNET | SIGCHLD, 0 },
        { "clone(CLONE_NEWIPC)", SYS_clone, CLONE_NEWIPC | SIGCHLD, 0 },
        { "clone(CLONE_NEWUTS)", SYS_clone, CLONE_NEWUTS | SIGCHLD, 0 },
        { "clone(CLONE_NEWCGROUP)", SYS_clone, CLONE_NEWCGROUP | SIGCHLD, 0 },
        { "personality(PER_LINUX)", SYS_personality, 0, 0 },
        { "personality(PER_LINUX32)", SYS_personality, 8, 0 },
        { "personality(UNAME26)", SYS_personality, 0x20000, 0 },
        { "personality(query)", SYS_personality, 0xFFFFFFFF, 0 },
        { "personality(ADDR_NO_RANDOMIZE)", SYS_personality, 0x40000, 0 },
        { "unshare(CLONE_NEWUSER)", SYS_unshare, CLONE_NEWUSER, 0 },
    };
    std::vector<std::pair<std::string, std::string>> result;
    for (auto const& c : cases)
        result.emplace_back(c.name, verdict(c.number, make(c.number, { { c.first, c.second, 0, 0, 0, 0 } })));
    return result;
}
