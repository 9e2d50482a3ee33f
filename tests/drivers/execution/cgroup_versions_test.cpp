// SPDX-License-Identifier: Apache-2.0
//
// The same life on cgroup v1 alone and on v2 alone, as far as this machine has them: in a child with a mount namespace
// in which the other version is hidden.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/drivers/execution/keeper.hpp"

using namespace staithe;
using tests::Container;

namespace {

std::vector<std::string> mounts_of(std::string const& type)
{
    std::vector<std::string> result;
    std::istringstream mounts(tests::read_text("/proc/self/mounts"));
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words(line);
        std::string source, target, kind;
        words >> source >> target >> kind;
        if (kind == type)
            result.push_back(target);
    }
    return result;
}

/// Runs `work` in a child that does not see file systems of this type; its text is what failed, "" where nothing did.
std::string without(std::string const& type, std::function<std::string()> const& work)
{
    int report[2];
    if (::pipe(report) < 0)
        return "no pipe";
    tests::Stage::get();
    pid_t const child = ::fork();
    if (child == 0) {
        std::string failed;
        if (::unshare(CLONE_NEWNS) < 0)
            failed = "cannot make a mount namespace";
        for (auto const& mount : mounts_of(type))
            ::umount2(mount.c_str(), MNT_DETACH);
        try {
            if (failed.empty())
                failed = work();
        } catch (std::exception const& e) {
            failed = e.what();
        }
        (void)!::write(report[1], failed.data(), failed.size());
        ::_exit(0);
    }
    ::close(report[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t size; (size = ::read(report[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<size_t>(size));
    ::close(report[0]);
    ::waitpid(child, nullptr, 0);
    return text;
}

#define EXPECT(condition)                                                                                              \
    if (!(condition))                                                                                                  \
    return std::string("failed: " #condition "; ") + c.message()

std::string freeze_enter_destroy(Container& c)
{
    c.script("echo ready; while :; do echo tick; sleep 0.01; done");
    EXPECT(c.start() == STAITHE_OK);
    c.wait_for_output("tick");
    EXPECT(c.enter({ "/bin/true" }).status == 0);
    EXPECT(c.freeze(true) == STAITHE_OK);
    EXPECT(c.freeze(false) == STAITHE_OK);
    EXPECT(c.freeze(true) == STAITHE_OK);
    EXPECT(!tests::cgroups_of(c.id).empty());
    EXPECT(c.destroy() == STAITHE_OK);
    EXPECT(tests::cgroups_of(c.id).empty());
    EXPECT(c.finish().status == 137);
    return {};
}

std::string devices_are_confined(Container& c)
{
    auto const o =
        c.run_script("cd /tmp; mknod a c 1 3 && echo null; mknod b c 136 5 && echo pts; "
                     "mknod d c 1 1 || echo no-mem; mknod e b 1 3 || echo no-disk; echo x > a && echo written");
    EXPECT(o.out == "null\npts\nno-mem\nno-disk\nwritten\n");
    EXPECT(c.destroy() == STAITHE_OK);
    return {};
}

/// Has version 2 the controllers of limits? It says so where not.
bool version_2_limits()
{
    auto const all = mounts_of("cgroup2");
    auto controllers = all.empty() ? std::string() : tests::read_text(all.front() + "/cgroup.controllers");
    controllers.erase(std::min(controllers.find('\n'), controllers.size()));
    bool const found = controllers.find("memory") != std::string::npos && controllers.find("pids") != std::string::npos;
    if (!found)
        BOOST_TEST_MESSAGE("skipped: memory and pids are bound to cgroup v1 on this machine; version 2 has only '"
            << controllers << "'");
    return found;
}

std::string limit_file(Container const& c, char const* name)
{
    auto text = tests::read_text(tests::cgroups_of(c.id).at(0) + "/" + name);
    text.erase(std::min(text.find('\n'), text.size()));
    return text;
}

/// memory.max and memory.swap.max that a container gets from these limits.
std::string written_for(int64_t memory, int64_t memory_swap)
{
    Container c;
    c.limits.memory = memory;
    c.limits.memory_swap = memory_swap;
    c.script("echo ready; sleep 1000");
    if (c.start() != STAITHE_OK)
        return c.message();
    c.wait_for_output("ready");
    return limit_file(c, "memory.max") + " " + limit_file(c, "memory.swap.max");
}

} // namespace

BOOST_AUTO_TEST_SUITE(ROOT_CGROUPS_execution)

BOOST_AUTO_TEST_CASE(version_1_alone)
{
    if (mounts_of("cgroup").empty()) {
        BOOST_TEST_MESSAGE("skipped: this machine has no cgroup v1");
        return;
    }
    auto const failed = without("cgroup2", [] {
        Container c;
        if (auto failure = freeze_enter_destroy(c); !failure.empty())
            return failure;
        Container d;
        if (auto failure = devices_are_confined(d); !failure.empty())
            return failure;
        Container e;
        e.limits.memory = 16 << 20;
        e.limits.pids = 10;
        e.script("echo ready; sleep 1000");
        if (e.start() != STAITHE_OK)
            return e.message();
        e.wait_for_output("ready");
        auto const stats = e.stats();
        if (stats.find("\"memory_limit_bytes\":16777216") == std::string::npos
            || stats.find("\"cpu_ns\":0,") != std::string::npos)
            return "stats: " + stats;
        return std::string();
    });
    BOOST_TEST(failed == "");
}

BOOST_AUTO_TEST_CASE(version_2_alone)
{
    if (mounts_of("cgroup2").empty()) {
        BOOST_TEST_MESSAGE("skipped: this machine has no cgroup v2");
        return;
    }
    auto const failed = without("cgroup", [] {
        Container c;
        if (auto failure = freeze_enter_destroy(c); !failure.empty())
            return failure;
        Container d;
        return devices_are_confined(d);
    });
    BOOST_TEST(failed == "");
}

BOOST_AUTO_TEST_CASE(version_2_limits_hold)
{
    if (!version_2_limits())
        return;
    auto const failed = without("cgroup", [] {
        Container c;
        c.limits.memory = c.limits.memory_swap = 16 << 20;
        c.limits.pids = 20;
        c.limits.cpu_shares = 512;
        c.script("tail /dev/zero & wait $!; echo status $?; echo ready; sleep 1000");
        EXPECT(c.start() == STAITHE_OK);
        c.wait_for_output("status 137\nready");
        EXPECT(c.stats().find("\"oom_kills\":1") != std::string::npos);
        return std::string();
    });
    BOOST_TEST(failed == "");
}

BOOST_AUTO_TEST_CASE(version_2_limits_lie_in_their_files)
{
    if (!version_2_limits())
        return;
    auto const failed = without("cgroup", [] {
        Container c;
        c.limits.pids = 20;
        c.limits.cpu_shares = 512;
        c.script("echo ready; sleep 1000");
        EXPECT(c.start() == STAITHE_OK);
        c.wait_for_output("ready");
        EXPECT(limit_file(c, "pids.max") == "20");
        EXPECT(limit_file(c, "cpu.weight") == "20"); // 1 + 510 * 9999 / 262142
        EXPECT(limit_file(c, "memory.max") == "max");
        EXPECT(written_for(16 << 20, 16 << 20) == "16777216 0");
        EXPECT(written_for(16 << 20, 0) == "16777216 16777216"); // as much swap as memory
        EXPECT(written_for(16 << 20, -1) == "16777216 max");
        return std::string();
    });
    BOOST_TEST(failed == "");
}

BOOST_AUTO_TEST_CASE(version_2_refuses_processes_above_their_limit)
{
    if (!version_2_limits())
        return;
    auto const failed = without("cgroup", [] {
        Container c;
        c.limits.pids = 4;
        auto const o = c.run_script("echo begun; for n in 1 2 3 4 5 6; do sleep 1000 & done; echo not reached");
        EXPECT(o.out == "begun\n");
        EXPECT(o.err.find("can't fork") != std::string::npos);
        return std::string();
    });
    BOOST_TEST(failed == "");
}

BOOST_AUTO_TEST_CASE(a_limit_without_its_controller_names_it)
{
    auto const all = mounts_of("cgroup2");
    if (all.empty() || tests::read_text(all.front() + "/cgroup.controllers").find("memory") != std::string::npos) {
        BOOST_TEST_MESSAGE("skipped: needs a machine whose memory controller is on cgroup v1");
        return;
    }
    auto const failed = without("cgroup", [] {
        Container c;
        c.limits.memory = 16 << 20;
        EXPECT(c.start() == STAITHE_UNSUPPORTED);
        EXPECT(c.message() == "cannot limit the container: this machine has no cgroup controller 'memory'");
        EXPECT(tests::cgroups_of(c.id).empty());
        return std::string();
    });
    BOOST_TEST(failed == "");
}

BOOST_AUTO_TEST_SUITE_END()
