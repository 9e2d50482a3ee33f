#include "confine.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include <charconv>
#include <csignal>

#include "daemon/driver-host/syscall_filter.hpp"
#include "daemon/os/file.hpp"

namespace staithe::driver_host {

namespace {

    constexpr rlim_t probe_memory = 1u << 30;

    /// Best effort: lowering is always allowed, and a host without it works too.
    void set_limit(__rlimit_resource resource, rlim_t value)
    {
        rlimit const limit { value, value };
        (void)::setrlimit(resource, &limit);
    }

    void prefer_for_oom()
    {
        UniqueFd const file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
        if (file)
            (void)!::write(file.get(), "100", 3);
    }

    Result<void> separate_mounts()
    {
        if (::unshare(CLONE_NEWNS) < 0)
            return errno_error("cannot make a mount namespace");
        // Slave, not private: what the administrator unmounts must not stay busy here.
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) < 0)
            return errno_error("cannot separate mounts from the host's");
        return {};
    }

    Result<void> drop_capabilities()
    {
        for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
            if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
                return errno_error("cannot drop a capability");
        return {};
    }

    Result<void> clear_capabilities()
    {
        __user_cap_header_struct header { _LINUX_CAPABILITY_VERSION_3, 0 };
        __user_cap_data_struct const none[2] = {};
        if (::syscall(SYS_capset, &header, none) < 0)
            return errno_error("cannot clear capabilities");
        return {};
    }

    Result<void> become(User user)
    {
        if (::setgroups(0, nullptr) < 0 || ::setresgid(user.gid, user.gid, user.gid) < 0
            || ::setresuid(user.uid, user.uid, user.uid) < 0)
            return errno_error("cannot become user " + std::to_string(user.uid));
        return {};
    }

    Result<void> confine_registry()
    {
        if (::geteuid() == 0) {
            STAITHE_TRY(separate_mounts());
            STAITHE_TRY(drop_capabilities());
            auto const passwd = os::read_file("/etc/passwd");
            STAITHE_TRY(become(find_user(passwd ? passwd.value() : std::string())));
        }
        STAITHE_TRY(clear_capabilities());
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
            return errno_error("cannot renounce new privileges");
        // Changing the user cleared both: the death signal, and the right to open /proc/self/fd.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_DUMPABLE, 1);
        return filter_syscalls();
    }

} // namespace

Result<void> confine_process()
{
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return errno_error("cannot ask for a death signal");
    ::signal(SIGPIPE, SIG_IGN);
    set_limit(RLIMIT_CORE, 0);
    prefer_for_oom();
    ::umask(022);
    if (::chdir("/") < 0)
        return errno_error("cannot change to '/'");
    return {};
}

Result<void> confine_driver(rpc::driver::Load const& load)
{
#ifndef STAITHE_SANITIZED // whose shadow memory alone is larger
    if (load.purpose == rpc::driver::Purpose::Probe)
        set_limit(RLIMIT_AS, probe_memory);
#endif
    if (load.kind == STAITHE_REGISTRY)
        return confine_registry();
    return ::geteuid() == 0 ? separate_mounts() : Result<void>();
}

User find_user(std::string const& passwd)
{
    constexpr std::string_view name = "staithe:";
    size_t const line = passwd.starts_with(name) ? 0 : passwd.find("\n" + std::string(name));
    if (line == std::string::npos)
        return {};
    size_t const password = passwd.find(':', line) + 1;
    size_t const uid = passwd.find(':', password) + 1;
    User user;
    char const* const end = passwd.data() + passwd.size();
    auto const [after, failed] = std::from_chars(passwd.data() + uid, end, user.uid);
    if (failed != std::errc() || after == end || *after != ':'
        || std::from_chars(after + 1, end, user.gid).ec != std::errc() || user.uid == 0 || user.gid == 0)
        return {};
    return user;
}

} // namespace staithe::driver_host
