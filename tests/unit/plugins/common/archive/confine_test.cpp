// SPDX-License-Identifier: Apache-2.0
//
// The unpacker's cell from within: what a taken-over unpacker could still do.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <fstream>
#include <functional>

#include "plugins/common/archive/confine.hpp"
#include "trees/dir_stack.hpp"

using namespace staithe;
using namespace staithe::archive;
namespace data = boost::unit_test::data;

namespace {

constexpr int could_not_enter = 99;

/// A directory that is the cell's root, with a program in it.
struct Cell {
    Cell()
    {
        ::mkdir((path + "/tree").c_str(), 0755);
        std::ofstream(program()) << "#!/bin/true\n";
        ::chmod(program().c_str(), 0755);
    }
    ~Cell() { (void)trees::remove_tree(AT_FDCWD, path.c_str()); }

    static std::string make_path()
    {
        char path[] = "/tmp/staithe-cell.XXXXXX";
        return ::mkdtemp(path);
    }
    std::string program() const { return path + "/tree/program"; }

    /// The wait status of a child that does something in the cell; its answer is its exit status.
    int status_of(std::function<int()> const& deed) const
    {
        UniqueFd const root(::open((path + "/tree").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        UniqueFd const input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        int result[2];
        BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, result) == 0);
        UniqueFd const here(result[0]), there(result[1]);
        pid_t const child = ::fork();
        if (child == 0) {
            auto const entered = enter_cell(input.get(), there.get(), root.get());
            ::_exit(entered ? deed() : could_not_enter);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }

    /// The exit status; a signal is a failure of the test.
    int answer_of(std::function<int()> const& deed) const
    {
        int const status = status_of(deed);
        BOOST_TEST_REQUIRE(WIFEXITED(status));
        BOOST_TEST_REQUIRE(WEXITSTATUS(status) != could_not_enter);
        return WEXITSTATUS(status);
    }

    std::string path = make_path();
};

/// 0 for a call that worked, else errno.
int outcome(long returned)
{
    return returned < 0 ? errno : 0;
}

struct Call {
    char const* name;
    long number;
};

std::ostream& operator<<(std::ostream& out, Call const& call)
{
    return out << call.name;
}

Call const deadly[] = { { "execve", SYS_execve }, { "execveat", SYS_execveat }, { "socket", SYS_socket },
    { "ptrace", SYS_ptrace }, { "mount", SYS_mount }, { "chroot", SYS_chroot }, { "setns", SYS_setns },
    { "unshare", SYS_unshare }, { "clone", SYS_clone }, { "clone3", SYS_clone3 },
    { "open_by_handle_at", SYS_open_by_handle_at }, { "bpf", SYS_bpf }, { "io_uring_setup", SYS_io_uring_setup } };

Call const refused[] = { { "kill", SYS_kill }, { "prctl", SYS_prctl }, { "setuid", SYS_setuid },
    { "capset", SYS_capset }, { "seccomp", SYS_seccomp }, { "setrlimit", SYS_setrlimit },
    { "prlimit64", SYS_prlimit64 }, { "pivot_root", SYS_pivot_root }, { "move_mount", SYS_move_mount },
    { "open_tree", SYS_open_tree }, { "fsopen", SYS_fsopen }, { "process_vm_writev", SYS_process_vm_writev },
    { "ioctl", SYS_ioctl }, { "userfaultfd", SYS_userfaultfd }, { "perf_event_open", SYS_perf_event_open },
    { "keyctl", SYS_keyctl }, { "init_module", SYS_init_module }, { "kexec_load", SYS_kexec_load },
    { "connect", SYS_connect }, { "memfd_create", SYS_memfd_create }, { "name_to_handle_at", SYS_name_to_handle_at },
    { "quotactl", SYS_quotactl }, { "swapon", SYS_swapon }, { "reboot", SYS_reboot },
    { "settimeofday", SYS_settimeofday }, { "sethostname", SYS_sethostname }, { "shmget", SYS_shmget },
    { "msgget", SYS_msgget } };

} // namespace

BOOST_DATA_TEST_CASE(ROOT_the_cell_kills_for, data::make(deadly), call)
{
    Cell const cell;
    int const status = cell.status_of([&] {
        ::syscall(call.number, 0, 0, 0, 0, 0);
        return 0;
    });
    BOOST_TEST_REQUIRE(WIFSIGNALED(status));
    BOOST_TEST(WTERMSIG(status) == SIGSYS);
}

BOOST_DATA_TEST_CASE(ROOT_the_cell_refuses, data::make(refused), call)
{
    Cell const cell;
    BOOST_TEST(cell.answer_of([&] { return outcome(::syscall(call.number, 0, 0, 0, 0, 0)); }) == EPERM);
}

BOOST_AUTO_TEST_CASE(ROOT_no_program_starts)
{
    Cell const cell;
    char* arguments[] = { const_cast<char*>("/program"), nullptr };
    int const status = cell.status_of([&] { return ::execve("/program", arguments, nullptr), errno; });
    BOOST_TEST_REQUIRE(WIFSIGNALED(status));
    BOOST_TEST(WTERMSIG(status) == SIGSYS);
    // The same program does start where there is no cell.
    pid_t const child = ::fork();
    if (child == 0)
        ::_exit((::execve(cell.program().c_str(), arguments, nullptr), 1));
    int free_status = 1;
    ::waitpid(child, &free_status, 0);
    BOOST_TEST(free_status == 0);
}

BOOST_AUTO_TEST_CASE(ROOT_nothing_outside_can_be_named)
{
    Cell const cell;
    for (char const* path :
        { "/etc/passwd", "/proc/self/root", "/dev/null", "../../etc/passwd", "/../../../etc/passwd" })
        BOOST_TEST(cell.answer_of([&] { return outcome(::openat(AT_FDCWD, path, O_RDONLY)); }) == ENOENT, path);
    BOOST_TEST(cell.answer_of([&] { return outcome(::openat(CellDescriptors::root, "../tree", O_RDONLY)); }) == ENOENT);
    BOOST_TEST(cell.answer_of([&] { return outcome(::openat(AT_FDCWD, "/program", O_RDONLY)); }) == 0);
}

BOOST_AUTO_TEST_CASE(ROOT_only_three_descriptors_are_open)
{
    UniqueFd const secret(::open("/etc/passwd", O_RDONLY)); // not even close-on-exec
    Cell const cell;
    int const open = cell.answer_of([] {
        int count = 0;
        for (int fd = 0; fd < 1024; ++fd)
            count += ::fcntl(fd, F_GETFD) >= 0;
        return count;
    });
    BOOST_TEST(open == 3);
    BOOST_TEST(cell.answer_of([] { return outcome(::write(STDERR_FILENO, "x", 1)); }) == EBADF);
}

BOOST_AUTO_TEST_CASE(ROOT_the_unpackers_own_work_is_possible)
{
    Cell const cell;
    int const made = cell.answer_of([] {
        return outcome(::mkdirat(CellDescriptors::root, "d", 0777))
            + outcome(::fchownat(CellDescriptors::root, "d", 5, 6, 0))
            + outcome(::mknodat(CellDescriptors::root, "null", S_IFCHR | 0666, 1 << 8 | 3))
            + outcome(::linkat(CellDescriptors::root, "program", CellDescriptors::root, "link", 0));
    });
    BOOST_TEST(made == 0);
    struct stat found { };
    BOOST_TEST(::stat((cell.path + "/tree/d").c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 07777) == 0777u); // umask 0
    BOOST_TEST(found.st_uid == 5u);
}

#ifndef STAITHE_SANITIZED

BOOST_AUTO_TEST_CASE(ROOT_memory_is_limited_and_never_becomes_code)
{
    Cell const cell;
    auto map = [](size_t size, int protection) {
        void* const at = ::mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return at == MAP_FAILED ? errno : 0;
    };
    BOOST_TEST(cell.answer_of([&] { return map(size_t { 128 } << 20, PROT_READ | PROT_WRITE); }) == 0);
    BOOST_TEST(cell.answer_of([&] { return map(size_t { 200 } << 20, PROT_READ | PROT_WRITE); }) == ENOMEM);
    BOOST_TEST(cell.answer_of([&] { return map(4096, PROT_READ | PROT_EXEC); }) == EPERM);
    BOOST_TEST(cell.answer_of([] {
        void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return outcome(::mprotect(at, 4096, PROT_READ | PROT_EXEC));
    }) == EPERM);
}

#endif

BOOST_AUTO_TEST_CASE(ROOT_the_cell_ends_with_its_maker)
{
    Cell const cell;
    int ends[2];
    BOOST_TEST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    UniqueFd const read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    pid_t const maker = ::fork();
    if (maker == 0) {
        // The prisoner keeps the pipe open as its input until it dies.
        UniqueFd const root(::open((cell.path + "/tree").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        pid_t const prisoner = ::fork();
        if (prisoner == 0) {
            if (enter_cell(write_end.get(), write_end.get(), root.get()))
                (void)!::write(CellDescriptors::result, "in", 2);
            for (;;)
                ::pause(), ::usleep(1000);
        }
        char said[2];
        (void)!::read(read_end.get(), said, 2);
        ::_exit(said[0] == 'i' ? 0 : 1);
    }
    write_end.reset();
    int status = 1;
    ::waitpid(maker, &status, 0);
    BOOST_TEST(status == 0);
    char rest = 0;
    BOOST_TEST(::read(read_end.get(), &rest, 1) == 0); // the end of the pipe: nobody is left
}
