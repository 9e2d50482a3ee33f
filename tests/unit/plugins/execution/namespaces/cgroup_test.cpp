// SPDX-License-Identifier: Apache-2.0
//
// File names and contents, against ordinary directories in place of a v2 hierarchy.
#include "plugins/execution/namespaces/cgroup.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::namespaces;
namespace fs = std::filesystem;

namespace {

std::string controllers(std::string const&)
{
    return "cpu memory pids\n";
}

struct FakeUnified {
    FakeUnified()
    {
        char name[] = "/tmp/staithe-cgroup-XXXXXX";
        directory = ::mkdtemp(name);
        write("cgroup.subtree_control", "cpu");
    }
    ~FakeUnified() { fs::remove_all(directory); }
    void write(std::string const& file, std::string const& text) const
    {
        std::ofstream(directory + "/" + file) << text;
    }
    std::string read(std::string const& file) const
    {
        std::ostringstream text;
        text << std::ifstream(directory + "/" + file).rdbuf();
        return text.str();
    }
    Cgroup cgroup() const
    {
        return { Hierarchies::parse("1 1 0:1 / " + directory + " rw - cgroup2 cgroup2 rw\n", &controllers), "top/box" };
    }
    std::string directory;
};

} // namespace

BOOST_AUTO_TEST_SUITE(cgroup_files)

BOOST_AUTO_TEST_CASE(groups_are_made_and_missing_controllers_switched_on)
{
    FakeUnified fake;
    auto const group = fake.cgroup().make_unified();
    BOOST_TEST_REQUIRE(static_cast<bool>(group));
    BOOST_TEST(fs::is_directory(fake.directory + "/top/box"));
    BOOST_TEST(fake.read("cgroup.subtree_control").starts_with("+pids")); // written last; cpu was on already
    auto const again = fake.cgroup().make_unified();
    BOOST_TEST(again.error().code == STAITHE_EXISTS);
}

BOOST_AUTO_TEST_CASE(limits_are_written)
{
    FakeUnified fake;
    BOOST_TEST_REQUIRE(static_cast<bool>(fake.cgroup().make_unified()));
    for (char const* file : { "memory.max", "memory.swap.max", "cpu.weight", "pids.max" })
        fake.write(std::string("top/box/") + file, "max");
    staithe_limits const limits { sizeof limits, 9, 4096, 0, 2 };
    BOOST_TEST(static_cast<bool>(fake.cgroup().limit(limits, true)));
    BOOST_TEST(fake.read("top/box/memory.max") == "4096");
    BOOST_TEST(fake.read("top/box/memory.swap.max") == "4096");
    BOOST_TEST(fake.read("top/box/pids.max").starts_with("9"));
    BOOST_TEST(fake.read("top/box/cpu.weight").starts_with("1"));
}

BOOST_AUTO_TEST_CASE(a_controller_that_could_not_be_switched_on_is_named)
{
    FakeUnified fake;
    BOOST_TEST_REQUIRE(static_cast<bool>(fake.cgroup().make_unified()));
    staithe_limits const limits { sizeof limits, 9, 0, 0, 0 };
    auto const limited = fake.cgroup().limit(limits, true);
    BOOST_TEST_REQUIRE(!limited);
    BOOST_TEST(limited.error().code == STAITHE_UNSUPPORTED);
    BOOST_TEST(limited.error().message.find("'pids'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stats_are_read)
{
    FakeUnified fake;
    BOOST_TEST_REQUIRE(static_cast<bool>(fake.cgroup().make_unified()));
    fake.write("top/box/memory.current", "123\n");
    fake.write("top/box/memory.max", "max\n");
    fake.write("top/box/memory.events", "low 0\noom 5\noom_kill 2\noom_group_kill 0\n");
    fake.write("top/box/cpu.stat", "usage_usec 7\nuser_usec 3\n");
    fake.write("top/box/pids.current", "4\n");
    BOOST_TEST(fake.cgroup().stats()
        == "{\"memory_bytes\":123,\"memory_limit_bytes\":0,\"cpu_ns\":7000,\"pids\":4,\"oom_kills\":2}");
}

BOOST_AUTO_TEST_CASE(paths_are_ordinary_names)
{
    for (auto const* good : { "a", "staithe/0123", "a.b/c d" })
        BOOST_TEST(is_cgroup_path(good), good);
    for (auto const* bad : { "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a\nb" })
        BOOST_TEST(!is_cgroup_path(bad), bad);
    BOOST_TEST(!is_cgroup_path(std::string_view("a\0b", 3)));
    BOOST_TEST(!is_cgroup_path(std::string(256, 'x')));
}

BOOST_AUTO_TEST_SUITE_END()
