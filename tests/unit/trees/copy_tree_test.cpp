// SPDX-License-Identifier: Apache-2.0
//
// Copying between file systems, and of trees deeper than a path may be long. What is copied of a file is tested where
// volumes are filled, and with the vfs driver.
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "trees/copy_tree.hpp"
#include "trees/dir_stack.hpp"

using namespace staithe;

namespace {

struct Trees {
    Trees()
    {
        BOOST_REQUIRE_MESSAGE(::geteuid() == 0, "needs root: mounts");
        BOOST_REQUIRE(::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
        BOOST_REQUIRE(::mkdtemp(place));
        run("mkdir from to; mount -t tmpfs x to");
        from.reset(::open((std::string(place) + "/from").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        to.reset(::open((std::string(place) + "/to").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        call.struct_size = sizeof call;
        call.cancel_fd = -1;
    }
    ~Trees()
    {
        from.reset();
        to.reset();
        ::umount2((std::string(place) + "/to").c_str(), MNT_DETACH);
        (void)trees::remove_tree(AT_FDCWD, place);
    }
    int run(std::string const& script) const
    {
        return std::system(("cd " + std::string(place) + " && { " + script + "\n}").c_str());
    }

    char place[32] = "/tmp/trees-XXXXXX";
    UniqueFd from, to;
    staithe_call call {};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(copy_tree, Trees)

BOOST_AUTO_TEST_CASE(ROOT_content_and_holes_cross_file_systems)
{
    BOOST_REQUIRE(run("cd from; head -c 3000001 /dev/urandom > big; truncate -s 100M holes; printf end >> holes; "
                      "printf x | dd of=holes bs=1 seek=50000000 conv=notrunc 2>/dev/null; ln big big2; : > empty")
        == 0);
    auto const copied = trees::copy_tree(call, from.get(), to.get());
    BOOST_REQUIRE_MESSAGE(copied, (copied ? "" : copied.error().message));
    BOOST_TEST(run("diff -r from to && test to/big -ef to/big2 && test $(du -k to/holes | cut -f1) -lt 200") == 0);
}

BOOST_AUTO_TEST_CASE(ROOT_links_deep_down_and_times_of_directories_are_kept)
{
    std::string const name(200, '0');
    auto const descend = [&](int root, bool make) { // 6,000 bytes of path
        UniqueFd at(::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        for (int i = 0; i < 30; ++i) {
            if (make)
                ::mkdirat(at.get(), name.c_str(), 0755);
            at.reset(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        }
        return at;
    };
    auto const made = descend(from.get(), true);
    UniqueFd(::openat(made.get(), "a", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    timespec const times[2] = { { 1000, 0 }, { 1000, 0 } };
    BOOST_REQUIRE((::linkat(made.get(), "a", made.get(), "b", 0) == 0 && ::futimens(made.get(), times) == 0));
    auto const copied = trees::copy_tree(call, from.get(), to.get());
    BOOST_REQUIRE_MESSAGE(copied, (copied ? "" : copied.error().message));
    auto const there = descend(to.get(), false);
    struct stat a {
    }, b {}, directory {};
    BOOST_REQUIRE((::fstatat(there.get(), "a", &a, 0) == 0 && ::fstatat(there.get(), "b", &b, 0) == 0));
    BOOST_TEST(a.st_ino == b.st_ino);
    BOOST_TEST((::fstat(there.get(), &directory) == 0 && directory.st_mtim.tv_sec == 1000));
}

BOOST_AUTO_TEST_CASE(ROOT_a_call_that_is_cancelled_ends)
{
    call.cancelled = [](staithe_call const*) { return true; };
    auto const copied = trees::copy_tree(call, from.get(), to.get());
    BOOST_REQUIRE(!copied);
    BOOST_TEST(copied.error().code == STAITHE_CANCELLED);
}

BOOST_AUTO_TEST_SUITE_END()
