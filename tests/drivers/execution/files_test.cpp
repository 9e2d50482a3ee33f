// SPDX-License-Identifier: Apache-2.0
//
// What a container sees: /dev, /proc, /sys, cgroups, mounts, terminal; and what images cannot do about it.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "daemon/keeper/confinement/confinement.hpp"
#include "tests/drivers/execution/keeper.hpp"

using namespace staithe;
using tests::Container;
namespace fs = std::filesystem;

namespace {

bool has(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

staithe_mount bind_of(std::string const& source, char const* target, uint32_t flags)
{
    staithe_mount mount {};
    mount.struct_size = sizeof mount;
    mount.fd = ::open_tree(AT_FDCWD, source.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    mount.target = text(target);
    mount.flags = flags;
    return mount;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ROOT_execution_files)

BOOST_AUTO_TEST_CASE(dev_holds_the_listed_nodes_and_nothing_else)
{
    Container c;
    ::mknod(c.in_root("/dev/sda").c_str(), S_IFBLK | 0666, makedev(8, 0)); // the image's own /dev does not count
    auto const o = c.run_script("cd /dev; ls; stat -c %n:%t:%T:%a null zero full random urandom tty; "
                                "for l in fd stdin stdout stderr ptmx; do readlink $l; done");
    BOOST_TEST(o.out
        == "fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n"
           "null:1:3:666\nzero:1:5:666\nfull:1:7:666\nrandom:1:8:666\nurandom:1:9:666\ntty:5:0:666\n"
           "/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx\n");
}

BOOST_AUTO_TEST_CASE(the_kernels_file_systems_have_the_agreed_flags)
{
    Container c;
    auto const o = c.run_script("cat /proc/mounts");
    BOOST_TEST(has(o.out, "\ntmpfs /dev tmpfs rw,nosuid,relatime,size=65536k,mode=755"));
    BOOST_TEST(has(o.out, " /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666"));
    BOOST_TEST(has(o.out, " /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k"));
    BOOST_TEST(has(o.out, " /dev/mqueue mqueue rw,nosuid,nodev,noexec"));
    BOOST_TEST(has(o.out, " /proc proc rw,nosuid,nodev,noexec"));
    BOOST_TEST(has(o.out, " /sys sysfs ro,nosuid,nodev,noexec"));
    BOOST_TEST(!has(o.out, " /sys/fs/cgroup/memory cgroup rw"));
    for (char const* path : { "bus", "fs", "irq", "sys", "sysrq-trigger" })
        if (fs::exists(std::string("/proc/") + path))
            BOOST_TEST(has(o.out, std::string("proc /proc/") + path + " proc ro,nosuid,nodev,noexec"), path);
}

BOOST_AUTO_TEST_CASE(nothing_of_the_hosts_tree_is_mounted)
{
    Container c;
    auto const o = c.run_script("cat /proc/self/mountinfo; ls /");
    BOOST_TEST(!has(o.out, "staithe-execution"));
    BOOST_TEST(!has(o.out, "master:"));
    BOOST_TEST(!has(o.out, "shared:"));
    BOOST_TEST(has(o.out, "bin\ndev\netc\nproc\nroot\nsys\ntmp\n"));
}

BOOST_AUTO_TEST_CASE(the_hosts_mounts_are_the_same_before_while_and_after)
{
    Container c;
    auto const before = tests::read_text("/proc/self/mountinfo");
    c.script("mount -t tmpfs x /tmp; echo ready; sleep 100");
    c.confinement.seccomp_program = nullptr;
    c.confinement.capabilities = ~uint64_t { 0 };
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK);
    c.wait_for_output("ready");
    BOOST_TEST(tests::read_text("/proc/self/mountinfo") == before);
    c.signal(9);
    BOOST_TEST(c.finish().status == 137);
    BOOST_TEST(tests::read_text("/proc/self/mountinfo") == before);
}

BOOST_AUTO_TEST_CASE(masked_paths_show_nothing)
{
    Container c;
    auto const o = c.run_script("cat /proc/kcore /proc/keys /proc/timer_list /proc/interrupts | wc -c; "
                                "ls /sys/firmware /proc/acpi 2>/dev/null | grep -v : | wc -w; "
                                "touch /sys/firmware/x || echo ro");
    BOOST_TEST(has(o.out, "0\n0\nro\n"), o.out);
}

BOOST_AUTO_TEST_CASE(readonly_paths_and_sys_cannot_be_written)
{
    Container c;
    auto const o = c.run_script("for f in /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches "
                                "/sys/kernel/uevent_helper /sys/kernel/mm/transparent_hugepage/enabled; do "
                                "(echo x > $f) 2>/dev/null && echo WROTE $f; done; echo end");
    BOOST_TEST(o.out == "end\n");
}

BOOST_AUTO_TEST_CASE(cgroups_show_the_containers_own_groups_read_only)
{
    Container c;
    auto const o = c.run_script("cat /proc/self/cgroup; mkdir /sys/fs/cgroup/*/x /sys/fs/cgroup/x 2>&1 | wc -l; "
                                "cat /sys/fs/cgroup/memory/cgroup.procs /sys/fs/cgroup/cgroup.procs 2>/dev/null");
    BOOST_TEST(!has(o.out, c.id));
    BOOST_TEST(has(o.out, "\n1\n"));
}

BOOST_AUTO_TEST_CASE(a_mount_that_was_given_is_attached_with_its_flags)
{
    Container c;
    auto const source = tests::Stage::get().directory() + "/volume";
    fs::create_directories(source);
    tests::write_text(source + "/file", "inside\n");
    c.mounts.push_back(bind_of(source, "/data/deep",
        STAITHE_MOUNT_READONLY | STAITHE_MOUNT_NOSUID | STAITHE_MOUNT_NODEV | STAITHE_MOUNT_NOEXEC));
    auto const o = c.run_script("cat /data/deep/file; touch /data/deep/x || echo ro; grep deep /proc/mounts; "
                                "stat -c %a /data");
    BOOST_TEST(has(o.out, "inside\nro\ntmpfs /data/deep tmpfs ro,nosuid,nodev,noexec"), o.out);
    BOOST_TEST(has(o.out, "\n755\n"));
}

BOOST_AUTO_TEST_CASE(a_file_is_mounted_over_a_missing_one)
{
    Container c;
    auto const source = tests::Stage::get().directory() + "/resolv";
    tests::write_text(source, "nameserver 1\n");
    c.mounts.push_back(bind_of(source, "/etc/new/resolv.conf", STAITHE_MOUNT_FILE));
    BOOST_TEST(c.run_script("cat /etc/new/resolv.conf").out == "nameserver 1\n");
}

BOOST_AUTO_TEST_CASE(a_file_system_is_mounted_by_type_and_options)
{
    Container c;
    staithe_mount mount {};
    mount.struct_size = sizeof mount;
    mount.fd = -1;
    mount.target = text("/scratch");
    mount.fstype = text("tmpfs");
    mount.source = text("scratch");
    mount.options = text("size=1m,mode=700,noexec,nosuid");
    c.mounts.push_back(mount);
    auto const o = c.run_script("grep scratch /proc/mounts");
    BOOST_TEST(has(o.out, "scratch /scratch tmpfs rw,nosuid,noexec,relatime,size=1024k,mode=700"), o.out);
}

BOOST_AUTO_TEST_CASE(a_mount_below_proc_is_refused)
{
    Container c;
    staithe_mount mount {};
    mount.struct_size = sizeof mount;
    mount.fd = -1;
    mount.target = text("/proc/sys");
    mount.fstype = text("tmpfs");
    c.mounts.push_back(mount);
    BOOST_TEST(c.start() == STAITHE_INVALID);
    BOOST_TEST(c.message() == "cannot mount '/proc/sys': the target is in /proc");
    BOOST_TEST(tests::cgroups_of(c.id).empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_file_system_is_an_error_and_nothing_stays)
{
    Container c;
    staithe_mount mount {};
    mount.struct_size = sizeof mount;
    mount.fd = -1;
    mount.target = text("/x");
    mount.fstype = text("nosuchfs");
    c.mounts.push_back(mount);
    BOOST_TEST(c.start() == STAITHE_UNSUPPORTED);
    BOOST_TEST(has(c.message(), "nosuchfs"));
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    BOOST_TEST(fs::is_empty(tests::Stage::get().directory() + "/run"));
    c.mounts.clear();
    BOOST_TEST(c.run().status == 0); // the same driver, the same id
}

BOOST_AUTO_TEST_CASE(the_terminal_is_the_controlling_one_and_the_console)
{
    tests::Terminal terminal;
    Container c;
    c.terminal = &terminal;
    c.script("tty; stat -c %t:%T /dev/console; ls -1 /dev/pts; echo x > /dev/tty; echo y > /dev/console; stty size; "
             "echo ready; read line; echo \"<$line>\"; echo end-of-test; read x");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK, c.message());
    c.wait_for_output("ready\r\n"); // or the terminal's echo would land between the lines
    BOOST_TEST(::write(terminal.master.get(), "typed\n", 6) == 6);
    c.wait_for_output("end-of-test\r\n");
    BOOST_TEST(::write(terminal.master.get(), "\x03", 1) == 1); // Ctrl-C ends the shell
    terminal.slave.reset();
    auto const o = c.finish();
    BOOST_TEST(has(o.out, "/dev/pts/0\r\n88:0\r\n"), o.out);
    BOOST_TEST(has(o.out, "0\r\nptmx\r\nx\r\ny\r\n"), o.out);
    BOOST_TEST(has(o.out, "<typed>\r\n"), o.out);
    BOOST_TEST(o.status == 130);
}

BOOST_AUTO_TEST_CASE(a_terminal_of_another_instance_is_refused)
{
    tests::Terminal terminal, other;
    Container c;
    c.terminal = &terminal;
    terminal.slave = std::move(other.slave);
    BOOST_TEST(c.start() == STAITHE_INVALID);
    BOOST_TEST(has(c.message(), "terminal"), c.message());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ROOT_execution_hostile_images)

namespace {

/// A directory outside every root, and what must not change in it.
struct Canary {
    Canary()
        : path(tests::Stage::get().directory() + "/canary")
    {
        fs::remove_all(path);
        fs::create_directories(path);
        tests::write_text(path + "/file", "untouched");
    }
    bool untouched() const
    {
        size_t entries = 0;
        for ([[maybe_unused]] auto const& entry : fs::directory_iterator(path))
            ++entries;
        return entries == 1 && tests::read_text(path + "/file") == "untouched";
    }
    std::string path;
};

void replace_by_link(Container& c, std::string const& path, std::string const& to)
{
    fs::remove_all(c.in_root(path));
    fs::create_symlink(to, c.in_root(path));
}

} // namespace

BOOST_AUTO_TEST_CASE(links_in_place_of_dev_proc_and_sys_are_refused)
{
    for (char const* name : { "/dev", "/proc", "/sys" })
        for (bool const absolute : { true, false }) {
            Canary canary;
            Container c;
            replace_by_link(c, name, absolute ? canary.path : "../canary");
            BOOST_TEST(c.start() == STAITHE_INVALID);
            BOOST_TEST(c.message() == "'" + std::string(name) + "' of the image is not a directory");
            BOOST_TEST(canary.untouched());
            BOOST_TEST(tests::cgroups_of(c.id).empty());
        }
}

BOOST_AUTO_TEST_CASE(a_file_in_place_of_proc_is_refused)
{
    Container c;
    fs::remove(c.in_root("/proc"));
    tests::write_text(c.in_root("/proc"), "x");
    BOOST_TEST(c.start() == STAITHE_INVALID);
}

BOOST_AUTO_TEST_CASE(missing_dev_proc_and_sys_are_made)
{
    Container c;
    for (char const* name : { "/dev", "/proc", "/sys" })
        fs::remove_all(c.in_root(name));
    BOOST_TEST(c.run_script("stat -c %a /proc/self/.. | head -1; echo ok > /dev/null; echo fine").status == 0);
}

BOOST_AUTO_TEST_CASE(a_link_in_place_of_etc_keeps_mounts_inside)
{
    Canary canary;
    Container c;
    replace_by_link(c, "/etc", canary.path);
    auto const source = tests::Stage::get().directory() + "/hosts";
    tests::write_text(source, "hosts\n");
    c.mounts.push_back(bind_of(source, "/etc/hosts", STAITHE_MOUNT_FILE));
    BOOST_TEST(c.run_script("cat /etc/hosts; pwd").out == "hosts\n/\n");
    BOOST_TEST(canary.untouched());
    BOOST_TEST(fs::exists(c.in_root(canary.path))); // made inside
}

BOOST_AUTO_TEST_CASE(a_mount_point_that_climbs_stays_inside)
{
    Canary canary;
    Container c;
    fs::create_symlink("../../../../../.." + canary.path, c.in_root("/tmp/up"));
    auto const source = tests::Stage::get().directory() + "/hosts";
    tests::write_text(source, "hosts\n");
    c.mounts.push_back(bind_of(source, "/tmp/up/made/file", STAITHE_MOUNT_FILE));
    BOOST_TEST(c.run_script("cat /tmp/up/made/file").out == "hosts\n");
    BOOST_TEST(canary.untouched());
}

BOOST_AUTO_TEST_CASE(a_mount_over_the_root_or_the_kernels_file_systems_is_refused)
{
    auto const source = tests::Stage::get().directory() + "/source";
    fs::create_directories(source);
    std::pair<char const*, char const*> const targets[] = { { "/", "the target is the root" },
        { "/tmp/..", "the target is the root" }, { "/self", "the target is the root" },
        { "/proc", "the target is in /proc" }, { "/to-proc", "the target is in /proc" },
        { "/to-proc/sys/kernel", "the target is in /proc" }, { "/proc/1/root/tmp", nullptr },
        { "/sys", "the target is in /sys" }, { "/sys/fs/cgroup", "the target is in /sys" },
        { "/to-sys/firmware", nullptr }, { "/sys/kernel", "the target is in /sys" }, { "/sys/new", nullptr },
        { "/tmp/../to-proc/new", nullptr } };
    for (auto const& [target, reason] : targets) {
        Container c;
        fs::create_symlink(".", c.in_root("/self"));
        fs::create_symlink("/proc", c.in_root("/to-proc"));
        fs::create_symlink("../../sys", c.in_root("/to-sys"));
        c.mounts.push_back(bind_of(source, target, 0));
        BOOST_TEST(c.start() != STAITHE_OK, target);
        if (reason)
            BOOST_TEST(c.message() == "cannot mount '" + std::string(target) + "': " + reason);
        ::close(c.mounts[0].fd);
    }
}

BOOST_AUTO_TEST_CASE(what_a_container_mounts_below_a_mount_of_the_host_stays_its_own)
{
    auto const shared = tests::Stage::get().directory() + "/shared";
    fs::create_directories(shared + "/below");
    BOOST_TEST_REQUIRE(::mount("shared", shared.c_str(), "tmpfs", 0, nullptr) == 0);
    BOOST_TEST_REQUIRE(::mount(nullptr, shared.c_str(), nullptr, MS_SHARED, nullptr) == 0);
    fs::create_directories(shared + "/below");
    Container c;
    c.confinement = keeper::privileged_confinement();
    c.mounts.push_back(bind_of(shared, "/data", 0));
    c.script("mount -t tmpfs inner /data/below && echo ready; sleep 100");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK, c.message());
    c.wait_for_output("ready");
    BOOST_TEST(!has(tests::read_text("/proc/self/mountinfo"), "inner"));
    c.signal(SIGKILL);
    c.finish();
    ::close(c.mounts[0].fd);
    BOOST_TEST(::umount(shared.c_str()) == 0);
}

// A volume that another container swaps names in, and a mount whose target leads through it (CVE-2021-30465). With
// STAITHE_LONG=1 10,000 times.
BOOST_AUTO_TEST_CASE(a_target_below_a_volume_stays_inside_while_links_are_swapped)
{
    Canary canary;
    auto const stage = tests::Stage::get().directory();
    auto const volume = stage + "/swapped", source = stage + "/source";
    fs::create_directories(volume + "/a/d");
    fs::create_directories(source);
    tests::write_text(source + "/mark", "bound\n");
    fs::create_symlink("../../../../../../.." + canary.path, volume + "/b");
    std::jthread const swapper([&](std::stop_token const& stop) {
        auto const a = volume + "/a", b = volume + "/b";
        while (!stop.stop_requested())
            (void)::syscall(SYS_renameat2, AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), 2 /* RENAME_EXCHANGE */);
    });
    auto const before = tests::read_text("/proc/self/mountinfo");
    int const rounds = ::getenv("STAITHE_LONG") ? 10'000 : 40;
    int bound = 0;
    for (int i = 0; i < rounds; ++i) {
        Container c;
        c.mounts.push_back(bind_of(volume, "/volume", 0));
        c.mounts.push_back(bind_of(source, i % 2 ? "/volume/a/d" : "/volume/a/made/new", 0));
        c.script("cat /volume/*/d/mark /volume/*/made/new/mark " + canary.path + "/*/mark " + canary.path
            + "/*/*/mark 2>/dev/null");
        auto const started = c.start();
        if (started == STAITHE_OK)
            bound += has(c.finish().out, "bound"); // the shell's own look may come at the wrong moment
        BOOST_TEST_REQUIRE(canary.untouched());
        for (auto const& mount : c.mounts)
            ::close(mount.fd);
    }
    BOOST_TEST(bound > 0);
    BOOST_TEST(tests::read_text("/proc/self/mountinfo") == before);
}

BOOST_AUTO_TEST_CASE(links_in_a_circle_are_an_error)
{
    Container c;
    fs::create_symlink("b", c.in_root("/a"));
    fs::create_symlink("a", c.in_root("/b"));
    c.cwd = "/a/x";
    BOOST_TEST(c.run().status == 1);
}

BOOST_AUTO_TEST_CASE(the_images_null_device_is_never_used_for_masks)
{
    Container c;
    fs::remove_all(c.in_root("/dev"));
    fs::create_directory(c.in_root("/dev"));
    fs::create_symlink("/proc/sys/kernel/core_pattern", c.in_root("/dev/null"));
    auto const o = c.run_script("stat -c %t:%T /proc/keys /dev/null; readlink /dev/null || echo no link");
    BOOST_TEST(o.out == "1:3\n1:3\nno link\n");
}

BOOST_AUTO_TEST_CASE(stdio_links_in_the_image_do_not_matter)
{
    Canary canary;
    Container c;
    for (char const* name : { "/dev/stdout", "/dev/console", "/dev/ptmx", "/dev/pts" })
        fs::create_symlink(canary.path + "/file", c.in_root(name));
    BOOST_TEST(c.run_script("echo hello").out == "hello\n");
    BOOST_TEST(canary.untouched());
}

BOOST_AUTO_TEST_CASE(a_root_that_is_a_link_is_refused)
{
    Container c;
    fs::path const real(c.rootfs());
    BOOST_TEST(c.check() == STAITHE_OK);
    Container d;
    ::umount2(d.rootfs().c_str(), MNT_DETACH);
    ::rmdir(d.rootfs().c_str());
    fs::create_symlink(real, d.rootfs());
    BOOST_TEST(d.start() != STAITHE_OK);
    fs::remove(d.rootfs());
}

BOOST_AUTO_TEST_CASE(scripts_of_the_keeper_itself_leave_its_file_alone)
{
    auto const before = fs::last_write_time("/proc/self/exe");
    Container c;
    tests::write_text(c.in_root("/bin/evil"), "#!/proc/self/exe\n", 0755);
    c.argv = { "/bin/evil" };
    (void)c.run();
    BOOST_TEST((fs::last_write_time("/proc/self/exe") == before));
}

BOOST_AUTO_TEST_SUITE_END()
