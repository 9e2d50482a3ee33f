// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "plugins/common/archive/parents.hpp"
#include "trees/dir_stack.hpp"

using namespace staithe;
using namespace staithe::trees;
using staithe::archive::Parents;

namespace {

/// tree/ is walked, outside/ must never be entered.
struct Place {
    Place()
        : tree((::mkdir((path + "/tree").c_str(), 0755), path + "/tree"))
        , outside((::mkdir((path + "/outside").c_str(), 0755), path + "/outside"))
        , root(::open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    {
        std::ofstream(outside + "/file") << "precious";
    }
    ~Place() { (void)remove_tree(AT_FDCWD, path.c_str()); }
    static std::string make_path()
    {
        char path[] = "/tmp/staithe-walk.XXXXXX";
        return ::mkdtemp(path);
    }
    bool is_safe() const { return ::access((outside + "/file").c_str(), F_OK) == 0; }
    std::string path = make_path(), tree, outside;
    UniqueFd root;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_walk_never_enters_a_link)
{
    Place const place;
    BOOST_TEST(::symlink(place.outside.c_str(), (place.tree + "/link").c_str()) == 0);
    DirStack stack(place.root.get());
    BOOST_TEST(!stack.descend("link"));
    BOOST_TEST(stack.depth() == 0u);
    BOOST_TEST(!open_directory(place.root.get(), "link"));
}

BOOST_AUTO_TEST_CASE(removal_takes_the_link_and_not_what_it_names)
{
    Place const place;
    ::mkdir((place.tree + "/d").c_str(), 0755);
    BOOST_TEST(::symlink(place.outside.c_str(), (place.tree + "/d/link").c_str()) == 0);
    BOOST_TEST(static_cast<bool>(remove_tree(place.root.get(), "d")));
    BOOST_TEST(place.is_safe());
    BOOST_TEST(::access((place.tree + "/d").c_str(), F_OK) == -1);
}

BOOST_AUTO_TEST_CASE(a_directory_moved_away_ends_the_walk)
{
    Place const place;
    DirStack stack(place.root.get());
    for (int i = 0; i < 300; ++i) { // deeper than descriptors are kept
        BOOST_TEST_REQUIRE(::mkdirat(stack.fd(), "d", 0755) == 0);
        BOOST_TEST_REQUIRE(static_cast<bool>(stack.descend("d")));
    }
    for (int i = 0; i < 120; ++i)
        BOOST_TEST_REQUIRE(static_cast<bool>(stack.ascend()));
    // Now somebody moves one of the directories above to where ".." leads outside.
    std::string deep = place.tree;
    for (int i = 0; i < 100; ++i)
        deep += "/d";
    BOOST_TEST_REQUIRE(::rename(deep.c_str(), (place.outside + "/moved").c_str()) == 0);
    Result<void> walked;
    while (walked && stack.depth() > 0)
        walked = stack.ascend();
    BOOST_TEST_REQUIRE(!walked);
    BOOST_TEST((walked.error().code == STAITHE_BUSY));
}

BOOST_AUTO_TEST_CASE(parents_stay_below_the_root)
{
    Place const place;
    BOOST_TEST(::symlink(place.outside.c_str(), (place.tree + "/absolute").c_str()) == 0);
    BOOST_TEST(::symlink("../outside", (place.tree + "/up").c_str()) == 0);
    BOOST_TEST(::symlink("/proc/self/root", (place.tree + "/magic").c_str()) == 0);
    BOOST_TEST(::symlink("/", (place.tree + "/root").c_str()) == 0);
    Parents const parents(place.root.get());
    for (char const* name : { "absolute", "up", "magic" })
        BOOST_TEST(!parents.find(name), name);
    auto const root = parents.find("root");
    BOOST_TEST_REQUIRE(static_cast<bool>(root));
    struct stat a {
    }, b {};
    BOOST_TEST((::fstat(root.value().get(), &a) == 0 && ::fstat(place.root.get(), &b) == 0 && a.st_ino == b.st_ino));
}
