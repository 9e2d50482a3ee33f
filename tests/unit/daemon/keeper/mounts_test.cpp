// Mounts, volumes, the network and the clone of the root: what comes with Start reaches the driver, and what Root gives
// is the root file system and nothing else.
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <staithe/execution.h>

#include "fixture.hpp"

using namespace staithe;
using namespace staithe::test;

namespace {

struct Mounts : Fixture {
    UniqueFd mount_of(std::string const& name) const
    {
        std::filesystem::create_directories(root + "/" + name);
        write_file(root + "/" + name + "/mark", "x");
        return UniqueFd(static_cast<int>(
            ::syscall(SYS_open_tree, AT_FDCWD, (root + "/" + name).c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
    }

    drivers::StartFiles files() const
    {
        drivers::StartFiles files;
        files.driver.reset(::open(FAKE_DRIVER, O_RDONLY | O_CLOEXEC));
        files.rootfs.reset(static_cast<int>(
            ::syscall(SYS_open_tree, AT_FDCWD, (root + "/rootfs").c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
        files.state_dir = state_dir();
        return files;
    }

    std::string told() const
    {
        std::ifstream in(root + "/run/told");
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper_mounts, Mounts)

BOOST_AUTO_TEST_CASE(ROOT_the_driver_gets_the_mounts_and_the_network)
{
    auto what = shell("true");
    what.options = { { "test", "tell" } };
    auto with = files();
    with.network.reset(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    what.mounts = { { "/a", true, false, false }, { "/b", false, true, false }, { "/etc", false, false, true } };
    std::filesystem::create_directories(root + "/volume/data");
    write_file(root + "/rootfs/etc/mark", "x");
    with.mounts.push_back(mount_of("a"));
    with.mounts.push_back(mount_of("b"));
    with.mounts.emplace_back(::open((root + "/volume").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    Connection connection; // attached clients come between the fixed descriptors and these
    std::vector<drivers::Client> clients;
    clients.push_back({ live(), std::move(connection.theirs) });
    auto const keeper = keepers->start(call(), what, std::move(with), clients);
    BOOST_REQUIRE_MESSAGE(keeper, (keeper ? "" : keeper.error().message));
    BOOST_TEST(told()
        == "network\n/a " + std::to_string(STAITHE_MOUNT_READONLY | STAITHE_MOUNT_RECURSIVE) + " mark\n/b "
            + std::to_string(STAITHE_MOUNT_FILE) + " mark\n/etc 0 mark\n");
    (void)wait_for_exit();
    BOOST_TEST(std::filesystem::exists(root + "/volume/data/passwd"));
}

BOOST_AUTO_TEST_CASE(ROOT_two_hundred_mounts_travel_and_more_are_refused_by_number)
{
    for (size_t const count : { size_t { 200 }, size_t { 300 } }) {
        auto what = shell("true");
        what.options = { { "test", "tell" } };
        auto with = files();
        auto const one = mount_of("a");
        for (size_t i = 0; i < count; ++i) {
            what.mounts.push_back({ "/m" + std::to_string(i), false, false, false });
            with.mounts.push_back(one.duplicate().value());
        }
        std::vector<drivers::Client> none;
        auto const keeper = keepers->start(call(), what, std::move(with), none);
        BOOST_TEST(static_cast<bool>(keeper) == (count == 200));
        if (!keeper) {
            BOOST_TEST(keeper.error().code == STAITHE_RANGE);
            BOOST_TEST(keeper.error().message
                == "cannot start a container with 300 mounts and 0 attached clients: at most 248 together are "
                   "possible");
            continue;
        }
        BOOST_TEST(told().find("/m199 0 mark\n") != std::string::npos);
        (void)wait_for_exit();
    }
}

BOOST_AUTO_TEST_CASE(ROOT_mounts_without_descriptors_are_refused)
{
    auto what = shell("true");
    what.mounts = { { "/a", false, false, false } };
    std::vector<drivers::Client> none;
    auto const keeper = keepers->start(call(), what, files(), none);
    BOOST_REQUIRE(!keeper);
    BOOST_TEST(keeper.error().message == "1 mounts were told and 0 came");
}

BOOST_AUTO_TEST_CASE(ROOT_filling_a_volume_may_take_longer_than_a_driver_may)
{
    auto what = shell("true");
    what.mounts = { { "/etc", false, false, true } };
    auto with = files();
    std::filesystem::create_directories(root + "/volume/data");
    write_file(root + "/rootfs/etc/mark", "x");
    with.mounts.emplace_back(::open((root + "/volume").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    UniqueFd other(::open((root + "/volume").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    BOOST_REQUIRE_EQUAL(::flock(other.get(), LOCK_EX), 0); // somebody else fills it
    std::thread release([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(3500));
        other.reset();
    });
    auto short_call = call();
    short_call.deadline = os::Deadline::after(std::chrono::milliseconds(1500));
    std::vector<drivers::Client> none;
    auto const keeper = keepers->start(short_call, what, std::move(with), none);
    release.join();
    BOOST_REQUIRE_MESSAGE(keeper, (keeper ? "" : keeper.error().message));
    (void)wait_for_exit();
    BOOST_TEST(std::filesystem::exists(root + "/volume/data/mark"));
}

BOOST_AUTO_TEST_CASE(ROOT_a_volume_that_cannot_be_filled_fails_the_start)
{
    auto what = shell("true");
    what.mounts = { { "/", false, false, true } };
    auto with = files();
    std::filesystem::create_directories(root + "/volume/data");
    with.mounts.emplace_back(::open((root + "/volume").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::vector<drivers::Client> none;
    auto const keeper = keepers->start(call(), what, std::move(with), none);
    BOOST_REQUIRE(!keeper);
    BOOST_TEST(keeper.error().message == "cannot fill volume at '/': the target is the root");
}

BOOST_AUTO_TEST_CASE(ROOT_the_clone_of_the_root_is_live_read_only_and_detached)
{
    auto const keeper = start(shell("exec sleep 1000"));
    auto clone = keeper->root(call());
    BOOST_REQUIRE_MESSAGE(clone, (clone ? "" : clone.error().message));
    int const fd = clone.value().get();
    BOOST_TEST(::faccessat(fd, "etc/passwd", F_OK, 0) == 0);
    write_file(root + "/rootfs/etc/later", "x");
    BOOST_TEST(::faccessat(fd, "etc/later", F_OK, 0) == 0);
    BOOST_TEST(::openat(fd, "etc/x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) == -1);
    BOOST_TEST(errno == EROFS);
    std::filesystem::remove(root + "/rootfs/etc/later");
    BOOST_REQUIRE(::mknod((root + "/rootfs/etc/later").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0);
    BOOST_TEST(::openat(fd, "etc/later", O_RDONLY | O_CLOEXEC) == -1, "a device in the place of a file");
    BOOST_TEST(errno == EACCES);
    (void)keeper->signal(call(), 9);
    (void)wait_for_exit();
    BOOST_TEST(::faccessat(fd, "etc/passwd", F_OK, 0) == 0);
    auto const late = keeper->root(call());
    BOOST_REQUIRE(!late);
    BOOST_TEST((late.error().code == STAITHE_CONFLICT || late.error().code == STAITHE_UNAVAILABLE));
}

BOOST_AUTO_TEST_SUITE_END()
