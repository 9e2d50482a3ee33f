// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/final_step/inside.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::final_step;
namespace fs = std::filesystem;

namespace {

struct Tree {
    Tree()
    {
        char name[] = "/tmp/staithe-inside-XXXXXX";
        outside = ::mkdtemp(name);
        fs::create_directories(outside + "/root/etc");
        std::ofstream(outside + "/root/etc/file") << "x";
        root.reset(::open((outside + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    ~Tree() { fs::remove_all(outside); }
    void link(std::string const& at, std::string const& to) const { fs::create_symlink(to, outside + "/root" + at); }
    /// Where the path leads, below root; "error" where it does not.
    std::string find(std::string const& path, Make make = Make::Nothing) const
    {
        auto const fd = open_inside(root.get(), path, make);
        if (!fd)
            return "error";
        auto const target = fs::read_symlink("/proc/self/fd/" + std::to_string(fd.value().get())).string();
        auto const base = outside + "/root";
        return target.starts_with(base) ? target.substr(base.size()) : "OUTSIDE " + target;
    }
    /// Nothing but the root may ever be in the directory around it.
    bool clean() const { return std::distance(fs::directory_iterator(outside), fs::directory_iterator()) == 1; }
    std::string outside;
    UniqueFd root;
};

} // namespace

BOOST_AUTO_TEST_SUITE(paths_inside)

BOOST_AUTO_TEST_CASE(what_exists_is_found)
{
    Tree tree;
    BOOST_TEST(tree.find("/etc/file") == "/etc/file");
    BOOST_TEST(tree.find("//etc/./../etc//file") == "/etc/file");
    BOOST_TEST(tree.find("/") == "");
    BOOST_TEST(tree.find("/../../../etc") == "/etc");
    BOOST_TEST(tree.find("/none") == "error");
}

BOOST_AUTO_TEST_CASE(links_stay_inside)
{
    Tree tree;
    tree.link("/abs", "/etc");
    tree.link("/up", "../../../../etc");
    tree.link("/chain", "abs/file");
    for (char const* path : { "/abs/file", "/up/file", "/chain" })
        BOOST_TEST(tree.find(path) == "/etc/file", path);
}

BOOST_AUTO_TEST_CASE(missing_parts_are_made)
{
    Tree tree;
    BOOST_TEST(tree.find("/a/b/c", Make::Directories) == "/a/b/c");
    struct stat status;
    BOOST_TEST(::stat((tree.outside + "/root/a/b").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777) == 0755u);
    BOOST_TEST(tree.find("/d/file", Make::File) == "/d/file");
    BOOST_TEST(fs::is_regular_file(tree.outside + "/root/d/file"));
    BOOST_TEST(tree.find("/etc/../e/../f", Make::Directories) == "/f");
    BOOST_TEST(tree.clean());
}

BOOST_AUTO_TEST_CASE(dangling_links_are_made_inside)
{
    Tree tree;
    tree.link("/abs", "/new/deep");
    tree.link("/up", "../../../escape");
    tree.link("/etc/resolv.conf", "../run/resolve/stub.conf");
    BOOST_TEST(tree.find("/abs/x", Make::Directories) == "/new/deep/x");
    BOOST_TEST(tree.find("/up", Make::Directories) == "/escape");
    BOOST_TEST(tree.find("/etc/resolv.conf", Make::File) == "/run/resolve/stub.conf");
    BOOST_TEST(tree.clean());
}

BOOST_AUTO_TEST_CASE(circles_files_and_bad_paths_are_errors)
{
    Tree tree;
    tree.link("/a", "b");
    tree.link("/b", "a/x");
    for (char const* path : { "/a", "/a/x", "/etc/file/below", "relative", "" })
        BOOST_TEST(tree.find(path, Make::Directories) == "error", path);
    BOOST_TEST(tree.find(std::string("/a\0b", 4), Make::Directories) == "error");
    BOOST_TEST(tree.find("/" + std::string(5000, 'x'), Make::Directories) == "error");
    BOOST_TEST(tree.find("/" + std::string(300, 'x'), Make::Directories) == "error");
}

BOOST_AUTO_TEST_CASE(mount_points_are_no_links)
{
    Tree tree;
    tree.link("/proc", "etc");
    std::ofstream(tree.outside + "/root/sys") << "x";
    BOOST_TEST(!open_mount_point(tree.root.get(), "proc"));
    BOOST_TEST(!open_mount_point(tree.root.get(), "sys"));
    BOOST_TEST(static_cast<bool>(open_mount_point(tree.root.get(), "dev")));
    BOOST_TEST(static_cast<bool>(open_mount_point(tree.root.get(), "etc")));
}

BOOST_AUTO_TEST_CASE(procfs_links_are_not_followed)
{
    UniqueFd const root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (int fd = 0; fd < 16; ++fd)
        BOOST_TEST(!open_inside(root.get(), "/proc/self/fd/" + std::to_string(fd), Make::Directories));
    BOOST_TEST(!open_inside(root.get(), "/proc/self/cwd", Make::Directories));
    BOOST_TEST(!open_inside(root.get(), "/proc/self/root/x", Make::Directories));
}

BOOST_AUTO_TEST_SUITE_END()
