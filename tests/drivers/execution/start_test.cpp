// SPDX-License-Identifier: Apache-2.0
//
// Starting: arguments, environment, directory, user, descriptors, exit status.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/drivers/execution/keeper.hpp"

using namespace staithe;
using tests::Container;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(ROOT_execution_start)

BOOST_AUTO_TEST_CASE(streams_are_kept_apart_and_the_status_is_the_programs)
{
    Container c;
    auto const o = c.run_script("echo out; echo err >&2; exit 7");
    BOOST_TEST(o.out == "out\n");
    BOOST_TEST(o.err == "err\n");
    BOOST_TEST(o.status == 7);
}

BOOST_AUTO_TEST_CASE(arguments_arrive_as_given)
{
    Container c;
    c.argv = { "/bin/sh", "-c", "for a; do echo \"[$a]\"; done", "sh", "", " two  words ", "$HOME", "a\nb", "\xff" };
    BOOST_TEST(c.run().out == "[]\n[ two  words ]\n[$HOME]\n[a\nb]\n[\xff]\n");
}

BOOST_AUTO_TEST_CASE(the_environment_is_exactly_the_given_one)
{
    ::setenv("STAITHE_SECRET", "leak", 1);
    Container c;
    c.env = { "PATH=/bin", "A=1", "B=", "A=2", "C=x=y\nz" };
    c.argv = { "/bin/cat", "/proc/self/environ" };
    std::string expected;
    for (auto const& variable : c.env)
        expected.append(variable).push_back('\0');
    BOOST_TEST(c.run().out == expected);
}

BOOST_AUTO_TEST_CASE(an_environment_of_one_mebibyte_arrives)
{
    Container c;
    for (int i = 0; i < 16; ++i)
        c.env.push_back("V" + std::to_string(i) + "=" + std::string(65000, 'x'));
    BOOST_TEST(c.run_script("cat /proc/self/environ | wc -c").out.size() > 7u);
}

BOOST_AUTO_TEST_CASE(one_variable_that_is_too_long_is_126_and_nothing_else_changes)
{
    Container c;
    c.env.push_back("V=" + std::string(1 << 20, 'x'));
    auto const o = c.run();
    BOOST_TEST(o.status == 126);
    BOOST_TEST(o.err.find("Argument list too long") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_nul_in_an_argument_is_refused)
{
    Container c;
    c.argv = { "/bin/echo", std::string("a\0b", 3) };
    BOOST_TEST(c.check() == STAITHE_INVALID);
    BOOST_TEST(c.start() == STAITHE_INVALID);
}

BOOST_AUTO_TEST_CASE(a_missing_program_is_127_with_a_message)
{
    Container c;
    c.argv = { "nothing-here" };
    auto const o = c.run();
    BOOST_TEST(o.status == 127);
    BOOST_TEST(o.err == "staithe: nothing-here: not found\n");
    BOOST_TEST(o.out == "");
}

BOOST_AUTO_TEST_CASE(a_missing_path_is_127)
{
    Container c;
    c.argv = { "/bin/nothing" };
    BOOST_TEST(c.run().status == 127);
}

BOOST_AUTO_TEST_CASE(a_missing_interpreter_is_127_and_says_so)
{
    Container c;
    tests::write_text(c.in_root("/bin/script"), "#!/no/such\n", 0755);
    c.argv = { "script" };
    auto const o = c.run();
    BOOST_TEST(o.status == 127);
    BOOST_TEST(o.err == "staithe: script: its interpreter is not found\n");
}

BOOST_AUTO_TEST_CASE(a_file_without_permission_is_126)
{
    Container c;
    tests::write_text(c.in_root("/etc/data"), "x");
    c.argv = { "/etc/data" };
    auto const o = c.run();
    BOOST_TEST(o.status == 126);
    BOOST_TEST(o.err == "staithe: cannot execute '/etc/data': Permission denied\n");
}

BOOST_AUTO_TEST_CASE(a_file_of_no_known_format_is_126)
{
    Container c;
    tests::write_text(c.in_root("/bin/junk"), "not a program", 0755);
    c.argv = { "junk" };
    BOOST_TEST(c.run().status == 126);
}

BOOST_AUTO_TEST_CASE(a_directory_is_126)
{
    Container c;
    c.argv = { "/bin" };
    BOOST_TEST(c.run().status == 126);
}

BOOST_AUTO_TEST_CASE(an_empty_name_is_127)
{
    Container c;
    c.argv = { "" };
    BOOST_TEST(c.run().status == 127);
}

BOOST_AUTO_TEST_CASE(the_path_is_searched_inside_in_its_order)
{
    Container c;
    fs::create_directory(c.in_root("/first"));
    tests::write_text(c.in_root("/first/tool"), "#!/bin/sh\necho first\n", 0755);
    tests::write_text(c.in_root("/bin/tool"), "#!/bin/sh\necho second\n", 0755);
    c.env = { "PATH=/none:/first:/bin" };
    c.argv = { "tool" };
    BOOST_TEST(c.run().out == "first\n");
}

BOOST_AUTO_TEST_CASE(what_may_not_be_executed_in_path_is_passed_over)
{
    Container c;
    fs::create_directory(c.in_root("/first"));
    tests::write_text(c.in_root("/first/tool"), "x", 0644);
    tests::write_text(c.in_root("/bin/tool"), "#!/bin/sh\necho second\n", 0755);
    c.env = { "PATH=/first:/bin" };
    c.argv = { "tool" };
    BOOST_TEST(c.run().out == "second\n");
}

BOOST_AUTO_TEST_CASE(without_path_the_usual_one_is_searched)
{
    Container c;
    c.env = {};
    c.argv = { "echo", "found" };
    BOOST_TEST(c.run().out == "found\n");
}

BOOST_AUTO_TEST_CASE(the_working_directory_is_entered)
{
    Container c;
    c.cwd = "/tmp";
    BOOST_TEST(c.run_script("pwd").out == "/tmp\n");
}

BOOST_AUTO_TEST_CASE(a_missing_working_directory_is_made_0755)
{
    Container c;
    c.cwd = "/srv/a/b";
    BOOST_TEST(c.run_script("pwd; stat -c %a-%u /srv /srv/a .").out == "/srv/a/b\n755-0\n755-0\n755-0\n");
}

BOOST_AUTO_TEST_CASE(a_working_directory_that_is_a_file_ends_with_1_and_a_message)
{
    Container c;
    c.cwd = "/bin/busybox";
    auto const o = c.run();
    BOOST_TEST(o.status == 1);
    BOOST_TEST(o.err.find("working directory: cannot enter '/bin/busybox'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_working_directory_behind_links_stays_inside)
{
    Container c;
    fs::create_symlink("../../../../../../etc", c.in_root("/out"));
    fs::create_symlink("/missing/deep", c.in_root("/dangling"));
    c.cwd = "/out";
    BOOST_TEST(c.run_script("pwd").out == "/etc\n");
    Container d;
    fs::create_symlink("/missing/deep", d.in_root("/dangling"));
    d.cwd = "/dangling/x";
    BOOST_TEST(d.run_script("pwd").out == "/missing/deep/x\n");
}

BOOST_AUTO_TEST_CASE(descriptors_are_no_way_out_for_the_working_directory)
{
    for (int fd = 0; fd < 24; ++fd) {
        Container c;
        c.cwd = "/proc/self/fd/" + std::to_string(fd);
        c.argv = { "/bin/ls", "-d", "/proc/self/cwd/tmp/staithe-canary" };
        auto const o = c.run();
        BOOST_TEST(o.status == 1);
        BOOST_TEST(o.err.find("working directory") != std::string::npos, "fd " << fd << ": " << o.err << o.out);
    }
}

BOOST_AUTO_TEST_CASE(descriptors_are_no_way_out_for_the_program)
{
    for (int fd = 3; fd < 24; ++fd) {
        Container c;
        c.argv = { "/proc/self/fd/" + std::to_string(fd) + "/../../bin/true" };
        BOOST_TEST(c.run().status >= 126);
    }
}

BOOST_AUTO_TEST_CASE(the_keeper_cannot_be_executed_through_proc)
{
    Container c;
    fs::create_symlink("/proc/self/exe", c.in_root("/bin/entry"));
    c.argv = { "/bin/entry" };
    auto const o = c.run();
    BOOST_TEST(o.status == 126);
    BOOST_TEST(o.err.find("it is the keeper") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_three_descriptors_are_open)
{
    UniqueFd const leak(::open("/etc/passwd", O_RDONLY)); // not close-on-exec, on purpose
    Container c;
    // 3 is ls reading the directory
    BOOST_TEST(c.run_script("exec ls /proc/self/fd").out == "0\n1\n2\n3\n");
}

BOOST_AUTO_TEST_CASE(process_one_has_a_session_and_a_fresh_state)
{
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    Container c;
    c.argv = { "/bin/cat", "/proc/self/status", "/proc/self/stat" };
    auto const o = c.run();
    ::sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
    BOOST_TEST(o.out.find("SigIgn:\t0000000000000000") != std::string::npos);
    BOOST_TEST(o.out.find("SigBlk:\t0000000000000000") != std::string::npos);
    BOOST_TEST(o.out.find("1 (cat) R 0 1 1 ") != std::string::npos);
    BOOST_TEST(o.out.find("Umask:\t0022") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(user_group_and_groups_are_exactly_the_given_ones)
{
    Container c;
    c.uid = 1000;
    c.gid = 1001;
    c.groups = { 7, 1001 };
    auto const o = c.run_script("cat /proc/self/status");
    BOOST_TEST(o.out.find("Uid:\t1000\t1000\t1000\t1000") != std::string::npos);
    BOOST_TEST(o.out.find("Gid:\t1001\t1001\t1001\t1001") != std::string::npos);
    BOOST_TEST(o.out.find("Groups:\t7 1001 \n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_groups_there_is_none)
{
    Container c;
    BOOST_TEST(c.run_script("cat /proc/self/status").out.find("Groups:\t \n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_user_can_reopen_its_stdout)
{
    Container c;
    c.uid = c.gid = 1000;
    auto const o = c.run_script("echo again > /dev/stdout; echo bad > /dev/stderr");
    BOOST_TEST(o.out == "again\n");
    BOOST_TEST(o.err == "bad\n");
}

BOOST_AUTO_TEST_CASE(the_highest_user_number_is_refused)
{
    Container c;
    c.uid = UINT32_MAX;
    BOOST_TEST(c.start() == STAITHE_INVALID);
}

BOOST_AUTO_TEST_CASE(a_death_by_signal_is_told_as_one)
{
    Container c;
    c.script("echo ready; sleep 100");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK);
    c.wait_for_output("ready");
    BOOST_TEST(c.signal(SIGKILL) == STAITHE_OK);
    BOOST_TEST(c.finish().status == 128 + SIGKILL);
    BOOST_TEST(c.signal(SIGTERM) == STAITHE_CONFLICT);
}

BOOST_AUTO_TEST_CASE(a_signal_reaches_a_handler)
{
    Container c;
    c.script("trap 'echo got; exit 5' USR1; echo ready; while :; do sleep 0.01; done");
    BOOST_TEST_REQUIRE(c.start() == STAITHE_OK);
    c.wait_for_output("ready");
    BOOST_TEST(c.signal(SIGUSR1) == STAITHE_OK);
    auto const o = c.finish();
    BOOST_TEST(o.status == 5);
    BOOST_TEST(o.out == "ready\ngot\n");
}

BOOST_AUTO_TEST_CASE(signals_that_do_not_exist_are_refused)
{
    Container c;
    for (int const number : { 0, -1, 65, 1000 })
        BOOST_TEST(c.signal(number) == STAITHE_INVALID);
    BOOST_TEST(c.signal(15) == STAITHE_CONFLICT);
}

BOOST_AUTO_TEST_CASE(orphans_die_with_process_one)
{
    Container c;
    c.script("(sleep 1000 & sleep 1000 &) ; echo done");
    BOOST_TEST(c.run().status == 0); // also waits until nobody holds the pipes any more
    BOOST_TEST(c.destroy() == STAITHE_OK);
    BOOST_TEST(tests::cgroups_of(c.id).empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_description_is_refused)
{
    for (auto const& cgroup : { "", "/abs", "a/../b", "a//b", "a/", ".", "a\nb" }) {
        Container c;
        c.cgroup = cgroup;
        BOOST_TEST(c.check() == STAITHE_INVALID);
    }
    Container c;
    c.id = "short";
    BOOST_TEST(c.check() == STAITHE_INVALID);
    Container d;
    d.argv.clear();
    BOOST_TEST(d.check() == STAITHE_INVALID);
    Container e;
    e.cwd = "relative";
    BOOST_TEST(e.check() == STAITHE_INVALID);
    Container f;
    f.options.push_back({ text("unknown.option"), text("/bin/touch") });
    BOOST_TEST(f.check() == STAITHE_INVALID);
}

BOOST_AUTO_TEST_CASE(host_and_domain_name_may_hold_anything)
{
    Container c;
    c.hostname = "a b\nlxc.x=\xff%s$(id)";
    c.domainname = "dom.ain";
    BOOST_TEST(
        c.run_script("cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname").out == c.hostname + "\ndom.ain\n");
    Container d;
    d.hostname = std::string(65, 'x');
    BOOST_TEST(d.check() == STAITHE_INVALID);
}

BOOST_AUTO_TEST_SUITE_END()
