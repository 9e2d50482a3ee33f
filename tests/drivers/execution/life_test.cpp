// SPDX-License-Identifier: Apache-2.0
//
// Confinement, limits, and what can be done with a container that runs.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

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

/// A container that prints "ready" and sleeps.
void start_sleeper(Container& c)
{
    c.script("echo ready; sleep 1000");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK, c.message());
    c.wait_for_output("ready");
}

uint64_t number_in(std::string const& json, std::string const& key)
{
    auto const at = json.find("\"" + key + "\":");
    return at == std::string::npos ? UINT64_MAX : std::stoull(json.substr(at + key.size() + 3));
}

} // namespace

BOOST_AUTO_TEST_SUITE(ROOT_execution_confinement)

BOOST_AUTO_TEST_CASE(root_has_the_fourteen_capabilities_and_no_inheritable_ones)
{
    Container c;
    auto const o = c.run_script("cat /proc/self/status");
    for (char const* line : { "CapInh:\t0000000000000000", "CapPrm:\t00000000a80425fb", "CapEff:\t00000000a80425fb",
             "CapBnd:\t00000000a80425fb", "CapAmb:\t0000000000000000", "NoNewPrivs:\t0", "Seccomp:\t2" })
        BOOST_TEST(has(o.out, line), line);
}

BOOST_AUTO_TEST_CASE(another_user_has_none_in_effect)
{
    Container c;
    c.uid = c.gid = 1000;
    auto const o = c.run_script("cat /proc/self/status");
    for (char const* line : { "CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
             "CapBnd:\t00000000a80425fb", "CapAmb:\t0000000000000000", "Seccomp:\t2" })
        BOOST_TEST(has(o.out, line), line);
}

BOOST_AUTO_TEST_CASE(no_new_privileges_is_a_switch)
{
    Container c;
    c.confinement = keeper::default_confinement(true);
    c.uid = 1000;
    auto const o = c.run_script("cat /proc/self/status");
    BOOST_TEST(has(o.out, "NoNewPrivs:\t1"));
    BOOST_TEST(has(o.out, "Seccomp:\t2"));
}

BOOST_AUTO_TEST_CASE(privileged_has_everything)
{
    Container c;
    c.confinement = keeper::privileged_confinement();
    auto const own = tests::read_text("/proc/self/status");
    auto const at = own.find("CapPrm:");
    auto const o = c.run_script("cat /proc/self/status; mount -t tmpfs x /tmp && echo mounted; "
                                "mknod /tmp/n b 8 0 && echo made; grep ' /sys ' /proc/mounts; ls /dev");
    BOOST_TEST(has(o.out, own.substr(at, own.find('\n', at) - at)));
    BOOST_TEST(has(o.out, "Seccomp:\t0"));
    BOOST_TEST(has(o.out, "mounted\nmade\n"));
    BOOST_TEST(has(o.out, "/sys sysfs rw"));
}

BOOST_AUTO_TEST_CASE(a_privileged_container_has_the_hosts_devices)
{
    Container c;
    c.confinement = keeper::privileged_confinement();
    std::string const node = "/dev/staithe-test-node";
    ::unlink(node.c_str());
    BOOST_TEST_REQUIRE(::mknod(node.c_str(), S_IFCHR | 0600, 1 << 8 | 5) == 0);
    auto const o = c.run_script("head -c 3 /dev/staithe-test-node | wc -c");
    ::unlink(node.c_str());
    BOOST_TEST(o.out == "3\n");
}

BOOST_AUTO_TEST_CASE(only_the_listed_devices_can_be_made_and_opened)
{
    Container c;
    auto const o =
        c.run_script("cd /tmp; mknod a c 1 3 && echo null; mknod b c 136 5 && echo pts; "
                     "mknod d c 1 1 || echo no-mem; mknod e b 8 0 || echo no-disk; "
                     "mknod f c 10 229 || echo no-fuse; mknod g c 10 200 || echo no-tun; echo x > a && echo written");
    BOOST_TEST(o.out == "null\npts\nno-mem\nno-disk\nno-fuse\nno-tun\nwritten\n");
}

BOOST_AUTO_TEST_CASE(a_device_node_of_the_image_cannot_be_opened)
{
    Container c;
    ::mknod(c.in_root("/etc/mem").c_str(), S_IFCHR | 0666, 1 << 8 | 1);
    BOOST_TEST(c.run_script("head -c 1 /etc/mem").status != 0);
}

BOOST_AUTO_TEST_CASE(the_limit_of_open_files_is_set_and_core_files_are_off)
{
    Container c;
    c.confinement.nofile_soft = 100;
    c.confinement.nofile_hard = 200;
    auto const o = c.run_script("ulimit -n; ulimit -Hn; ulimit -c; ulimit -Hc");
    BOOST_TEST(o.out == "100\n200\n0\n0\n");
}

BOOST_AUTO_TEST_CASE(the_network_is_new_and_has_loopback_up)
{
    Container c;
    auto const o = c.run_script("ip -o addr; cat /proc/net/dev | wc -l");
    BOOST_TEST(has(o.out, "127.0.0.1/8"), o.out);
}

BOOST_AUTO_TEST_CASE(a_given_network_is_joined)
{
    int report[2];
    BOOST_TEST_REQUIRE(::pipe(report) == 0);
    pid_t const holder = ::fork();
    if (holder == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)!::unshare(CLONE_NEWNET);
        (void)!::write(report[1], "x", 1);
        ::pause();
    }
    char byte;
    BOOST_TEST(::read(report[0], &byte, 1) == 1);
    auto const path = "/proc/" + std::to_string(holder) + "/ns/net";
    UniqueFd const network(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    Container c;
    c.network = network.get();
    auto const o = c.run_script("readlink /proc/self/ns/net");
    BOOST_TEST(o.out == fs::read_symlink(path).string() + "\n");
    ::kill(holder, SIGKILL);
    ::waitpid(holder, nullptr, 0);
    ::close(report[0]);
    ::close(report[1]);
}

BOOST_AUTO_TEST_CASE(every_namespace_is_its_own)
{
    Container c;
    auto const o = c.run_script("for n in mnt pid uts ipc net cgroup; do readlink /proc/self/ns/$n; done");
    for (char const* name : { "mnt", "pid", "uts", "ipc", "net", "cgroup" })
        BOOST_TEST(!has(o.out, fs::read_symlink(std::string("/proc/self/ns/") + name).string()), name);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ROOT_execution_limits)

BOOST_AUTO_TEST_CASE(memory_is_limited_and_the_kill_is_counted)
{
    Container c;
    c.limits.memory = 16 << 20;
    c.limits.memory_swap = 16 << 20;
    c.script("tail /dev/zero & wait $!; echo status $?; echo ready; sleep 1000");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK, c.message());
    c.wait_for_output("ready");
    auto const stats = c.stats();
    BOOST_TEST(number_in(stats, "memory_limit_bytes") == uint64_t { 16 << 20 });
    BOOST_TEST(number_in(stats, "oom_kills") == 1u);
    BOOST_TEST(number_in(stats, "memory_bytes") > 0u);
    c.signal(SIGKILL);
    BOOST_TEST(has(c.finish().out, "status 137"));
}

BOOST_AUTO_TEST_CASE(process_one_dying_of_memory_is_death_by_kill)
{
    Container c;
    c.limits.memory = c.limits.memory_swap = 16 << 20;
    c.argv = { "/bin/tail", "/dev/zero" };
    BOOST_TEST(c.run().status == 137);
    BOOST_TEST(number_in(c.stats(), "oom_kills") >= 1u);
}

BOOST_AUTO_TEST_CASE(processes_are_limited)
{
    Container c;
    c.limits.pids = 5;
    c.script("for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; echo never");
    auto const o = c.run();
    BOOST_TEST(o.status != 0);
    BOOST_TEST(has(o.err, "fork"), o.err);
}

BOOST_AUTO_TEST_CASE(cpu_shares_are_set)
{
    Container c;
    c.limits.cpu_shares = 512;
    start_sleeper(c);
    bool seen = false;
    for (auto const& group : tests::cgroups_of(c.id)) {
        seen = seen || tests::read_text(group + "/cpu.shares") == "512\n";
        seen = seen || tests::read_text(group + "/cpu.weight") == "20\n";
    }
    BOOST_TEST(seen);
}

BOOST_AUTO_TEST_CASE(impossible_limits_are_refused)
{
    for (auto const& [memory, swap, shares] : std::vector<std::tuple<int64_t, int64_t, int64_t>> {
             { -1, 0, 0 }, { 100, 50, 0 }, { 0, 100, 0 }, { 0, 0, -5 }, { 100, -2, 0 } }) {
        Container c;
        c.limits.memory = memory;
        c.limits.memory_swap = swap;
        c.limits.cpu_shares = shares;
        BOOST_TEST(c.check() == STAITHE_INVALID);
    }
}

BOOST_AUTO_TEST_CASE(stats_count_processes_and_time)
{
    Container c;
    c.script("sleep 1000 & echo ready; wait");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK);
    c.wait_for_output("ready");
    auto const stats = c.stats();
    BOOST_TEST(number_in(stats, "pids") == 2u);
    BOOST_TEST(number_in(stats, "cpu_ns") > 0u);
    BOOST_TEST(number_in(stats, "cpu_ns") < 10'000'000'000u);
    BOOST_TEST(number_in(stats, "memory_limit_bytes") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ROOT_execution_life)

BOOST_AUTO_TEST_CASE(destroy_kills_and_removes_everything_twice_over)
{
    Container c;
    start_sleeper(c);
    BOOST_TEST(!tests::cgroups_of(c.id).empty());
    BOOST_TEST(c.destroy() == STAITHE_OK);
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    BOOST_TEST(c.finish().status == 137);
    BOOST_TEST(c.destroy() == STAITHE_OK);
    BOOST_TEST(fs::is_empty(tests::Stage::get().directory() + "/run"));
}

BOOST_AUTO_TEST_CASE(destroying_what_never_was_is_fine)
{
    Container c;
    BOOST_TEST(c.destroy() == STAITHE_OK);
    c.id = "nonsense/../x";
    BOOST_TEST(c.destroy() == STAITHE_OK);
}

BOOST_AUTO_TEST_CASE(another_process_can_destroy)
{
    Container c;
    start_sleeper(c);
    BOOST_TEST(c.destroy_from_elsewhere() == STAITHE_OK);
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    BOOST_TEST(c.finish().status == 137);
}

BOOST_AUTO_TEST_CASE(the_container_dies_with_its_keeper_and_can_be_destroyed)
{
    Container c;
    int report[2];
    BOOST_TEST_REQUIRE(::pipe(report) == 0);
    pid_t const keeper = ::fork();
    if (keeper == 0) {
        c.script("sleep 1000");
        pid_t pid = c.start() == STAITHE_OK ? c.pid() : -1;
        (void)!::write(report[1], &pid, sizeof pid);
        ::pause();
    }
    pid_t pid = -1;
    BOOST_TEST(::read(report[0], &pid, sizeof pid) == ssize_t { sizeof pid });
    BOOST_TEST_REQUIRE(pid > 0);
    ::kill(keeper, SIGKILL);
    ::waitpid(keeper, nullptr, 0);
    int status = 0;
    BOOST_TEST(::waitpid(pid, &status, 0) == pid); // a subreaper's child now
    BOOST_TEST(WTERMSIG(status) == SIGKILL);
    BOOST_TEST(!tests::cgroups_of(c.id).empty());
    BOOST_TEST(c.destroy() == STAITHE_OK);
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    ::close(report[0]);
    ::close(report[1]);
}

BOOST_AUTO_TEST_CASE(a_fork_bomb_is_destroyed)
{
    Container c;
    c.limits.pids = 50;
    c.script("b() { b & b & }; b 2>/dev/null; echo ready; sleep 1000");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK);
    c.destroy();
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    (void)c.finish();
}

BOOST_AUTO_TEST_CASE(groups_that_a_privileged_container_made_are_removed)
{
    Container c;
    c.confinement = keeper::privileged_confinement();
    c.script("for h in /sys/fs/cgroup/*/; do mkdir -p $h/inner/more && echo 1 > $h/inner/more/cgroup.procs; done; "
             "echo ready; sleep 1000");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK);
    c.wait_for_output("ready");
    BOOST_TEST(c.destroy() == STAITHE_OK);
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    (void)c.finish();
}

BOOST_AUTO_TEST_CASE(two_containers_do_not_share_a_driver)
{
    Container c;
    start_sleeper(c);
    auto const id = c.id;
    c.id = std::string(64, 'f');
    c.cgroup = "staithe-test/" + c.id;
    BOOST_TEST(c.start() == STAITHE_CONFLICT);
    c.id = id;
    BOOST_TEST(c.destroy() == STAITHE_OK);
}

BOOST_AUTO_TEST_CASE(a_driver_runs_its_container_again_after_destroy)
{
    Container c;
    BOOST_TEST(c.run_script("exit 3").status == 3);
    c.script("exit 4");
    BOOST_TEST(c.start() == STAITHE_EXISTS);
    BOOST_TEST(c.destroy() == STAITHE_OK);
    BOOST_TEST(c.run().status == 4);
}

BOOST_AUTO_TEST_CASE(somebody_elses_cgroup_is_left_alone)
{
    Container c, d;
    start_sleeper(c);
    d.cgroup = c.cgroup;
    BOOST_TEST(d.start() == STAITHE_EXISTS);
    BOOST_TEST(!tests::cgroups_of(c.id).empty());
    BOOST_TEST(c.signal(SIGKILL) == STAITHE_OK);
    BOOST_TEST(c.finish().status == 137);
}

BOOST_AUTO_TEST_CASE(a_cancelled_start_leaves_nothing)
{
    Container c;
    c.call.deadline_ns = 1;
    c.call.cancelled = [](staithe_call const*) { return true; };
    BOOST_TEST(c.start() == STAITHE_CANCELLED);
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    c.call.cancelled = nullptr; // only the passed deadline, noticed while the child starts
    BOOST_TEST(c.start() == STAITHE_CANCELLED);
    BOOST_TEST(tests::cgroups_of(c.id).empty());
    BOOST_TEST(fs::is_empty(tests::Stage::get().directory() + "/run"));
    c.call.deadline_ns = 0;
}

BOOST_AUTO_TEST_CASE(a_frozen_container_stands_still)
{
    Container c;
    c.script("echo ready; while :; do echo tick; sleep 0.01; done");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK);
    c.wait_for_output("tick");
    BOOST_TEST(c.freeze(true) == STAITHE_OK, c.message());
    auto const before = number_in(c.stats(), "cpu_ns");
    ::usleep(30000);
    BOOST_TEST(number_in(c.stats(), "cpu_ns") == before);
    BOOST_TEST(c.freeze(false) == STAITHE_OK);
    c.wait_for_output("tick\ntick");
    BOOST_TEST(c.freeze(true) == STAITHE_OK);
    BOOST_TEST(c.destroy() == STAITHE_OK); // frozen as it is
    BOOST_TEST(c.finish().status == 137);
}

BOOST_AUTO_TEST_CASE(entering_joins_everything_and_is_confined_alike)
{
    Container c;
    start_sleeper(c);
    auto const o = c.enter({ "/bin/sh", "-c",
        "for n in mnt pid uts ipc net cgroup; do [ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] || echo "
        "differs $n; done; hostname; grep -e Cap -e Seccomp: /proc/self/status; cat /proc/self/cgroup; ls "
        "/proc/self/fd; "
        "echo err >&2; exit 9" });
    BOOST_TEST(o.status == 9);
    BOOST_TEST(o.err == "err\n");
    BOOST_TEST(!has(o.out, "differs"), o.out);
    BOOST_TEST(has(o.out, "box\n"));
    BOOST_TEST(has(o.out, "CapEff:\t00000000a80425fb"));
    BOOST_TEST(has(o.out, "CapInh:\t0000000000000000"));
    BOOST_TEST(has(o.out, "Seccomp:\t2"));
    BOOST_TEST((has(o.out, "memory:/\n") || has(o.out, "\n0::/\n")), o.out);
    BOOST_TEST(!has(o.out, "staithe"), o.out); // nor where in the machine's groups it is
    BOOST_TEST(has(o.out, "\n0\n1\n2\n3\n"));
}

BOOST_AUTO_TEST_CASE(entering_as_a_user_and_without_a_program)
{
    Container c;
    start_sleeper(c);
    BOOST_TEST(has(c.enter({ "id" }, 1234).out, "uid=1234 gid=1234"));
    auto const o = c.enter({ "no-such-thing" });
    BOOST_TEST(o.status == 127);
    BOOST_TEST(o.err == "staithe: no-such-thing: not found\n");
    BOOST_TEST(c.enter({ "sleep", "0" }).status == 0);
}

BOOST_AUTO_TEST_CASE(what_entered_dies_with_the_container)
{
    Container c;
    start_sleeper(c);
    pid_t pid = -1;
    BOOST_TEST_REQUIRE(c.enter_code({ "/bin/sleep", "1000" }, pid) == STAITHE_OK);
    BOOST_TEST(c.signal(SIGKILL) == STAITHE_OK);
    int status = 0;
    BOOST_TEST(::waitpid(pid, &status, 0) == pid);
    BOOST_TEST(WTERMSIG(status) == SIGKILL);
    BOOST_TEST(c.finish().status == 137);
    BOOST_TEST(c.enter_code({ "/bin/true" }, pid) == STAITHE_CONFLICT);
}

BOOST_AUTO_TEST_CASE(start_leaves_no_descriptor_and_no_child)
{
    auto const count = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); };
    {
        Container warm;
        warm.run();
    }
    auto const before = count();
    for (int i = 0; i < 20; ++i) {
        Container c;
        c.run();
        Container d;
        d.cwd = "/bin/busybox";
        d.run();
    }
    BOOST_TEST(count() == before);
    BOOST_TEST(::waitpid(-1, nullptr, WNOHANG) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
