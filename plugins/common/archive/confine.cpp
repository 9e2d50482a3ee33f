// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/confine.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

namespace staithe::archive {

namespace {

    constexpr int allowed_calls[] = {
        // input, result, memory
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(sendto),
        SCMP_SYS(poll),
        SCMP_SYS(ppoll),
        SCMP_SYS(brk),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(futex),
        // the tree
        SCMP_SYS(openat),
        SCMP_SYS(openat2),
        SCMP_SYS(close),
        SCMP_SYS(fcntl),
        SCMP_SYS(lseek),
        SCMP_SYS(pwrite64),
        SCMP_SYS(copy_file_range),
        SCMP_SYS(ftruncate),
        SCMP_SYS(sync_file_range),
        SCMP_SYS(fchdir),
        SCMP_SYS(fstat),
        SCMP_SYS(newfstatat),
        SCMP_SYS(statx),
        SCMP_SYS(getdents64),
        SCMP_SYS(mkdirat),
        SCMP_SYS(mknodat),
        SCMP_SYS(linkat),
        SCMP_SYS(renameat),
        SCMP_SYS(renameat2),
        SCMP_SYS(symlinkat),
        SCMP_SYS(unlinkat),
        SCMP_SYS(fchown),
        SCMP_SYS(fchownat),
        SCMP_SYS(fchmod),
        SCMP_SYS(fchmodat),
        SCMP_SYS(utimensat),
        SCMP_SYS(fsetxattr),
        SCMP_SYS(lsetxattr),
        SCMP_SYS(fgetxattr),
        SCMP_SYS(flistxattr),
        SCMP_SYS(fremovexattr),
        // the C library and the way out
        SCMP_SYS(clock_gettime),
        SCMP_SYS(getrandom),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(tgkill),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
#ifdef STAITHE_SANITIZED
        SCMP_SYS(mmap),
        SCMP_SYS(mprotect),
        SCMP_SYS(sched_yield),
        SCMP_SYS(readlink),
        SCMP_SYS(sigaltstack),
#endif
    };
    constexpr int deadly_calls[] = { SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket), SCMP_SYS(ptrace),
        SCMP_SYS(mount), SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(clone), SCMP_SYS(clone3),
        SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(open_by_handle_at), SCMP_SYS(bpf), SCMP_SYS(io_uring_setup) };

#ifndef STAITHE_SANITIZED
    bool add_memory_rules(scmp_filter_ctx filter)
    {
        // Nothing becomes executable.
        auto const no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, 4 /* PROT_EXEC */, 0);
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec) == 0
            && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec) == 0;
    }
#endif

    bool filter_calls()
    {
        auto const filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
        if (!filter)
            return false;
        bool good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0;
        for (int const call : allowed_calls)
            good = good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
        for (int const call : deadly_calls)
            good = good && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
#ifndef STAITHE_SANITIZED
        good = good && add_memory_rules(filter);
#endif
        good = good && seccomp_load(filter) == 0;
        seccomp_release(filter);
        return good;
    }

    bool keep_capabilities()
    {
        constexpr uint32_t kept = 1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_FOWNER | 1u << CAP_FSETID
            | 1u << CAP_MKNOD | 1u << CAP_SETFCAP;
        static_assert(CAP_SETFCAP < 32);
        __user_cap_header_struct header { _LINUX_CAPABILITY_VERSION_3, 0 };
        __user_cap_data_struct now[2] {}, data[2] {};
        if (::syscall(SYS_capget, &header, now) != 0)
            return false;
        data[0].permitted = data[0].effective = now[0].permitted & kept;
        return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0
            && ::syscall(SYS_capset, &header, data) == 0;
    }

    bool limit_memory()
    {
#ifndef STAITHE_SANITIZED
        constexpr rlim_t window = rlim_t { 128 } << 20, besides = rlim_t { 32 } << 20;
        unsigned long pages = 0;
        std::FILE* const statm = std::fopen("/proc/self/statm", "re");
        if (!statm)
            return false;
        bool const known = std::fscanf(statm, "%lu", &pages) == 1;
        std::fclose(statm);
        rlim_t const most = rlim_t { pages } * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + window + besides;
        rlimit const memory { most, most };
        if (!known || ::setrlimit(RLIMIT_AS, &memory) != 0)
            return false;
#endif
        rlimit const none { 0, 0 };
        return ::setrlimit(RLIMIT_CORE, &none) == 0;
    }

    bool arrange_descriptors(int input, int result, int root)
    {
        // First out of the way, so that none lands on another.
        int const in = ::fcntl(input, F_DUPFD, 16), out = ::fcntl(result, F_DUPFD, 16);
        int const tree = ::fcntl(root, F_DUPFD, 16);
        return in >= 0 && out >= 0 && tree >= 0 && ::dup2(in, CellDescriptors::input) >= 0
            && ::dup2(out, CellDescriptors::result) >= 0 && ::dup2(tree, CellDescriptors::root) >= 0
            && ::close_range(CellDescriptors::root + 1, ~0u, 0) == 0;
    }

} // namespace

Result<void> enter_cell(int input, int result, int root)
{
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !arrange_descriptors(input, result, root))
        return errno_error("cannot arrange the unpacker's descriptors");
    if (!limit_memory())
        return errno_error("cannot limit the unpacker's memory");
    ::umask(0);
    if (::fchdir(CellDescriptors::root) != 0 || ::chroot(".") != 0)
        return errno_error("cannot enter the layer's root");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !keep_capabilities())
        return errno_error("cannot drop the unpacker's privileges");
    if (!filter_calls())
        return errno_error("cannot filter the unpacker's system calls");
    return {};
}

} // namespace staithe::archive
