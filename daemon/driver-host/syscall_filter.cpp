#include "syscall_filter.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <vector>

namespace staithe::driver_host {

namespace {

#if defined(__x86_64__)
    constexpr uint32_t architecture = AUDIT_ARCH_X86_64;
    constexpr uint32_t first_foreign = 0x40000000; // the x32 numbers
#elif defined(__aarch64__)
    constexpr uint32_t architecture = AUDIT_ARCH_AARCH64;
    constexpr uint32_t first_foreign = 0xffffffff;
#else
#error "this architecture has no entry here"
#endif

    constexpr int denied[] = { SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
        SYS_kcmp, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount, SYS_fsopen,
        SYS_fsmount, SYS_fsconfig, SYS_fspick, SYS_mount_setattr, SYS_unshare, SYS_setns, SYS_bpf, SYS_perf_event_open,
        SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_keyctl, SYS_add_key,
        SYS_request_key, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_init_module, SYS_finit_module,
        SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_syslog,
        SYS_settimeofday, SYS_clock_settime, SYS_sethostname, SYS_setdomainname, SYS_personality, SYS_vhangup,
        SYS_fanotify_init, SYS_pidfd_getfd };
    constexpr int allowed_domains[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

    class Program {
    public:
        void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset)); }
        void answer(uint32_t verdict) { add(BPF_RET | BPF_K, verdict); }
        /// Skips the next instruction unless the loaded value compares so.
        void unless(uint16_t comparison, uint32_t value)
        {
            m_code.push_back({ static_cast<uint16_t>(BPF_JMP | comparison | BPF_K), 0, 1, value });
        }
        void skip_if_equal(uint32_t value, size_t count)
        {
            m_code.push_back({ BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint8_t>(count), 0, value });
        }
        std::vector<sock_filter>& code() { return m_code; }

    private:
        void add(int code, uint32_t value) { m_code.push_back({ static_cast<uint16_t>(code), 0, 0, value }); }
        std::vector<sock_filter> m_code;
    };

    constexpr uint32_t refuse(uint32_t error)
    {
        return SECCOMP_RET_ERRNO | error;
    }

    Program make_program()
    {
        Program p;
        p.load(offsetof(seccomp_data, arch));
        p.skip_if_equal(architecture, 1);
        p.answer(SECCOMP_RET_KILL_PROCESS);
        p.load(offsetof(seccomp_data, nr));
        p.unless(BPF_JGE, first_foreign);
        p.answer(refuse(EPERM));
        for (int const number : denied) {
            p.unless(BPF_JEQ, static_cast<uint32_t>(number));
            p.answer(refuse(EPERM));
        }
        // Its flags lie in memory, where a filter cannot look; the C library falls back to clone.
        p.unless(BPF_JEQ, SYS_clone3);
        p.answer(refuse(ENOSYS));
        p.skip_if_equal(SYS_socket, 6); // to append_domains
        p.skip_if_equal(SYS_clone, 1);
        p.answer(SECCOMP_RET_ALLOW);
        p.load(offsetof(seccomp_data, args[0]));
        p.unless(BPF_JSET, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID);
        p.answer(refuse(EPERM));
        p.answer(SECCOMP_RET_ALLOW);
        return p;
    }

    /// What the jump of socket lands on.
    void append_domains(Program& p)
    {
        p.load(offsetof(seccomp_data, args[0]));
        size_t left = std::size(allowed_domains);
        for (int const domain : allowed_domains)
            p.skip_if_equal(static_cast<uint32_t>(domain), left--);
        p.answer(refuse(EPERM));
        p.answer(SECCOMP_RET_ALLOW);
    }

} // namespace

Result<void> filter_syscalls()
{
    auto program = make_program();
    append_domains(program);
    sock_fprog const filter { static_cast<unsigned short>(program.code().size()), program.code().data() };
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) != 0)
        return errno_error("cannot set the system call filter");
    return {};
}

} // namespace staithe::driver_host
