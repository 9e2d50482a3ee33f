// SPDX-License-Identifier: Apache-2.0
//
// Raw system calls on purpose: libc's setuid() family would synchronise threads that do not exist here, and libcap
// would be one more library in every keeper.
#include "plugins/common/final_step/identity.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace staithe::final_step {

namespace {

    constexpr uint64_t sys_admin = uint64_t { 1 } << CAP_SYS_ADMIN;

    Result<void> set_limit(__rlimit_resource resource, uint64_t soft, uint64_t hard, char const* what)
    {
        rlimit now {};
        ::getrlimit(resource, &now);
        rlimit limit { soft, hard };
        if (::setrlimit(resource, &limit) == 0)
            return {};
        if (errno != EPERM)
            return errno_error(what);
        limit = { std::min<rlim_t>(soft, now.rlim_max), std::min<rlim_t>(hard, now.rlim_max) };
        if (::setrlimit(resource, &limit) < 0)
            return errno_error(what);
        return {};
    }

    Result<uint64_t> permitted_capabilities()
    {
        __user_cap_header_struct header { _LINUX_CAPABILITY_VERSION_3, 0 };
        __user_cap_data_struct data[2] {};
        if (::syscall(SYS_capget, &header, data) < 0)
            return errno_error("cannot read the capabilities");
        return data[0].permitted | uint64_t { data[1].permitted } << 32;
    }

    Result<void> set_capabilities(uint64_t set)
    {
        __user_cap_header_struct header { _LINUX_CAPABILITY_VERSION_3, 0 };
        auto const low = static_cast<uint32_t>(set), high = static_cast<uint32_t>(set >> 32);
        __user_cap_data_struct const data[2] { { low, low, 0 }, { high, high, 0 } };
        if (::syscall(SYS_capset, &header, data) < 0)
            return errno_error("cannot set the capabilities");
        return {};
    }

    Result<void> bound_capabilities(uint64_t set)
    {
        for (unsigned long capability = 0; capability < 64; ++capability) {
            if (set >> capability & 1)
                continue;
            if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) {
                if (errno == EINVAL) // past the kernel's last one
                    break;
                return errno_error("cannot drop a capability");
            }
        }
        return {};
    }

    Result<void> set_user(staithe_process const& process)
    {
        static_assert(sizeof(gid_t) == sizeof(uint32_t));
        if (::syscall(SYS_setgroups, process.group_count, process.groups) < 0)
            return errno_error("cannot set the supplementary groups");
        if (::syscall(SYS_setresgid, process.gid, process.gid, process.gid) < 0)
            return errno_error("cannot set group " + std::to_string(process.gid));
        if (::syscall(SYS_setresuid, process.uid, process.uid, process.uid) < 0)
            return errno_error("cannot set user " + std::to_string(process.uid));
        return {};
    }

    Result<void> filter_calls(staithe_confinement const& confinement)
    {
        if (!confinement.seccomp_program || confinement.seccomp_size == 0)
            return {};
        sock_fprog const program { static_cast<unsigned short>(confinement.seccomp_size / sizeof(sock_filter)),
            const_cast<sock_filter*>(static_cast<sock_filter const*>(confinement.seccomp_program)) };
        if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
            return errno_error("cannot set the seccomp filter");
        return {};
    }

} // namespace

Result<void> limit_resources(staithe_confinement const& confinement)
{
    STAITHE_TRY(set_limit(RLIMIT_CORE, 0, 0, "cannot limit core files"));
    if (confinement.nofile_hard == 0)
        return {};
    uint64_t const soft = confinement.nofile_soft ? confinement.nofile_soft : confinement.nofile_hard;
    return set_limit(RLIMIT_NOFILE, soft, confinement.nofile_hard, "cannot limit open files");
}

Result<void> become(staithe_process const& process, staithe_confinement const& confinement)
{
    uint64_t const given = confinement.capabilities & STAITHE_TRY(permitted_capabilities());
    uint64_t const final = process.uid == 0 ? given : 0;
    STAITHE_TRY(bound_capabilities(given));
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    // A seccomp filter without no_new_privs needs CAP_SYS_ADMIN, so that one is kept until the filter is in place.
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        return errno_error("cannot keep capabilities");
    STAITHE_TRY(set_user(process));
    if (confinement.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return errno_error("cannot set no_new_privs");
    STAITHE_TRY(set_capabilities(final | sys_admin));
    if (::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
        return errno_error("cannot stop keeping capabilities");
    if (confinement.no_new_privileges)
        STAITHE_TRY(set_capabilities(final));
    STAITHE_TRY(filter_calls(confinement));
    return set_capabilities(final);
}

} // namespace staithe::final_step
