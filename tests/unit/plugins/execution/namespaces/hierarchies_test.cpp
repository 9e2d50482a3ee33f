// SPDX-License-Identifier: Apache-2.0
#include "plugins/execution/namespaces/hierarchies.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::namespaces;

namespace {

std::string none(std::string const&)
{
    return "hugetlb\n";
}
std::string all(std::string const&)
{
    return "cpuset cpu io memory hugetlb pids rdma misc\n";
}

std::string places(Hierarchies const& hierarchies)
{
    std::string result;
    for (auto const& hierarchy : hierarchies.all())
        result += hierarchy.mount_point + " ";
    return result;
}

constexpr std::string_view v1 = "30 25 0:27 / /sys/fs/cgroup rw shared:9 - tmpfs tmpfs rw,mode=755\n"
                                "31 30 0:28 / /c/cpu,cpuacct rw shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
                                "32 30 0:29 / /c/cpuset rw - cgroup cgroup rw,cpuset\n"
                                "33 30 0:30 / /c/memory rw - cgroup cgroup rw,memory\n"
                                "34 30 0:31 / /c/devices rw - cgroup cgroup rw,devices\n"
                                "35 30 0:32 / /c/freezer rw - cgroup cgroup rw,freezer\n"
                                "36 30 0:33 / /c/pids rw - cgroup cgroup rw,pids\n"
                                "37 30 0:34 / /c/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";
constexpr std::string_view v2 = "38 30 0:35 / /c/uni\\040fied rw - cgroup2 cgroup2 rw,nsdelegate\n";

} // namespace

BOOST_AUTO_TEST_SUITE(cgroup_hierarchies)

BOOST_AUTO_TEST_CASE(version_1)
{
    auto const found = Hierarchies::parse(v1, &none);
    BOOST_TEST(places(found) == "/c/cpu,cpuacct /c/memory /c/devices /c/freezer /c/pids ");
    BOOST_TEST(!found.unified());
    BOOST_TEST(found.with("cpuacct")->options == "cpu,cpuacct");
    BOOST_TEST(!found.with("cpuset"));
}

BOOST_AUTO_TEST_CASE(version_2)
{
    auto const found = Hierarchies::parse(v2, &all);
    BOOST_TEST(places(found) == "/c/uni fied ");
    BOOST_TEST(found.with("memory") == found.unified());
    BOOST_TEST(!found.with("devices"));
}

BOOST_AUTO_TEST_CASE(both_beside_each_other)
{
    auto const text = std::string(v1) + std::string(v2);
    auto const found = Hierarchies::parse(text, &none);
    // v2 counts time and freezes by itself; cpuacct comes along with cpu.
    BOOST_TEST(places(found) == "/c/uni fied /c/cpu,cpuacct /c/memory /c/devices /c/pids ");
    BOOST_TEST(found.with("pids")->version == 1);
}

BOOST_AUTO_TEST_CASE(a_second_mount_of_the_same_is_not_used)
{
    auto const text = std::string(v2) + "40 30 0:35 / /other rw - cgroup2 cgroup2 rw\n"
        + "41 30 0:30 / /m1 rw - cgroup cgroup rw,memory\n42 30 0:30 / /m2 rw - cgroup cgroup rw,memory\n";
    BOOST_TEST(places(Hierarchies::parse(text, &none)) == "/c/uni fied /m1 ");
}

BOOST_AUTO_TEST_CASE(broken_lines_are_passed_over)
{
    BOOST_TEST(Hierarchies::parse("\n\nx\n1 2 3 - cgroup\n - \n1 2 3 4 5 -\n", &none).all().empty());
}

BOOST_AUTO_TEST_SUITE_END()
