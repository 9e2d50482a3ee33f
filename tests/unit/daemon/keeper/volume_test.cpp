// Filling a managed volume from the image: what is copied, what is left alone, and what a hostile image cannot do.
#include "daemon/keeper/volume.hpp"

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/os/clock.hpp"

using namespace staithe;
namespace fs = std::filesystem;

namespace {

struct Volume {
    Volume()
    {
        BOOST_REQUIRE_MESSAGE(::geteuid() == 0, "needs root: mounts");
        BOOST_REQUIRE(::mkdtemp(place));
        fs::create_directories(path("volume/data"));
        fs::create_directories(path("root/image"));
        root.reset(static_cast<int>(
            ::syscall(SYS_open_tree, AT_FDCWD, path("root").c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
        directory.reset(::open(path("volume").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        BOOST_REQUIRE((root && directory));
    }
    ~Volume()
    {
        std::error_code ignored;
        fs::remove_all(place, ignored);
    }

    std::string path(std::string const& name) const { return std::string(place) + '/' + name; }
    void run(std::string const& script) const
    {
        BOOST_REQUIRE_EQUAL(std::system(("cd " + std::string(place) + " && { " + script + "\n}").c_str()), 0);
    }
    Result<UniqueFd> open(std::string_view target = "/image")
    {
        return keeper::open_volume(directory.get(), root.get(), target, [this] { return --patience_s > 0; });
    }
    std::string told(std::string const& command) const
    {
        run("{ " + command + "; } > told");
        std::ifstream in(path("told"));
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }

    char place[32] = "/tmp/volume-XXXXXX";
    UniqueFd root, directory;
    int patience_s = 30;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper_volume, Volume)

BOOST_AUTO_TEST_CASE(ROOT_an_empty_one_is_filled_with_everything_a_file_is)
{
    run("cd root/image; mkdir -p d/e; echo x > d/f; chown 12:34 d/f; chmod 4751 d/f; ln d/f d/e/g; ln -s /etc/passwd "
        "l; "
        "mkfifo p; mknod n c 1 3; truncate -s 1M sparse; echo end >> sparse; touch -d @1000 d/e; touch -d @2000 d; "
        "chown 77:88 .; chmod 711 .");
    bool const attributes = ::setxattr(path("root/image/d/f").c_str(), "user.x", "y", 1, 0) == 0;
    auto const mount = open();
    BOOST_REQUIRE_MESSAGE(mount, (mount ? "" : mount.error().message));
    auto const list = "find . -printf '%p %y %m %U:%G %n %s %l %T@\\n' | grep -v '^\\. ' | sort";
    BOOST_TEST(told(std::string("cd volume/data; ") + list) == told(std::string("cd root/image; ") + list));
    BOOST_TEST(told("stat -c '%a %u:%g' volume/data") == "755 77:88\n");
    BOOST_TEST(told("stat -c '%t:%T' volume/data/n") == "1:3\n");
    struct stat sparse { };
    BOOST_TEST(::stat(path("volume/data/sparse").c_str(), &sparse) == 0);
    BOOST_TEST(sparse.st_blocks < 1000);
    char value = 0;
    BOOST_TEST((!attributes || ::getxattr(path("volume/data/d/f").c_str(), "user.x", &value, 1) == 1));
    BOOST_TEST(told("ls -A volume") == "data\nfilled\n");
    BOOST_TEST(::faccessat(mount.value().get(), "d/e/g", F_OK, 0) == 0);
}

BOOST_AUTO_TEST_CASE(ROOT_one_with_content_is_left_alone)
{
    run("echo image > root/image/file; echo mine > volume/data/mine");
    BOOST_REQUIRE(open());
    BOOST_TEST(told("ls volume/data") == "mine\n");
}

BOOST_AUTO_TEST_CASE(ROOT_one_that_was_emptied_stays_empty)
{
    run("echo image > root/image/file");
    BOOST_REQUIRE(open());
    run("rm volume/data/file");
    BOOST_REQUIRE(open());
    BOOST_TEST(told("ls volume/data") == "");
}

BOOST_AUTO_TEST_CASE(ROOT_one_in_use_is_not_replaced)
{
    auto const used = open("/nothing");
    BOOST_REQUIRE(used);
    run("echo image > root/image/file");
    BOOST_REQUIRE(open());
    run("echo x > volume/data/late");
    BOOST_TEST(::faccessat(used.value().get(), "late", F_OK, 0) == 0);
}

BOOST_AUTO_TEST_CASE(ROOT_what_a_killed_keeper_left_is_cleared)
{
    run("echo image > root/image/file; mkdir -p volume/data.new/half/a; echo x > volume/data.new/half/b");
    BOOST_REQUIRE(open());
    BOOST_TEST(told("ls -A volume volume/data") == "volume:\ndata\nfilled\n\nvolume/data:\nfile\n");
}

BOOST_AUTO_TEST_CASE(ROOT_links_of_the_image_stay_inside)
{
    run("mkdir outside; echo secret > outside/file; ln -s ../../../../../.." + path("outside") + " root/way");
    BOOST_REQUIRE(open("/way"));
    BOOST_TEST(told("ls volume/data") == "");
    run("mkdir -p root/real; echo x > root/real/file; ln -s /real root/to; rm volume/filled");
    BOOST_REQUIRE(open("/to"));
    BOOST_TEST(told("ls volume/data") == "file\n");
}

BOOST_AUTO_TEST_CASE(ROOT_the_root_itself_is_refused)
{
    run("ln -s . root/self");
    for (char const* target : { "/", "/self", "/image/.." }) {
        auto const mount = open(target);
        BOOST_REQUIRE(!mount);
        BOOST_TEST(mount.error().code == STAITHE_INVALID);
        BOOST_TEST(
            mount.error().message == "cannot fill volume at '" + std::string(target) + "': the target is the root");
    }
    BOOST_TEST(told("ls -A volume") == "data\n");
}

BOOST_AUTO_TEST_CASE(ROOT_a_failure_leaves_it_empty_and_fillable)
{
    // The mount stays with this process; its shells share the namespace.
    BOOST_REQUIRE(::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
    root.reset(static_cast<int>(
        ::syscall(SYS_open_tree, AT_FDCWD, path("root").c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
    run("mkdir small; mount -t tmpfs -o size=256k x small; mkdir -p small/v/data; head -c 1M /dev/zero | tr '\\0' x > "
        "root/image/big");
    directory.reset(::open(path("small/v").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto const mount = open();
    BOOST_REQUIRE(!mount);
    BOOST_TEST(mount.error().code == STAITHE_NO_SPACE, mount.error().message);
    BOOST_TEST(told("ls -A small/v/data; test -e small/v/filled && echo filled || true") == "");
    run("mount -o remount,size=4m small");
    BOOST_TEST(static_cast<bool>(open()));
    BOOST_TEST(told("ls -A small/v small/v/data") == "small/v:\ndata\nfilled\n\nsmall/v/data:\nbig\n");
    directory.reset();
    run("umount -l small");
}

BOOST_AUTO_TEST_CASE(ROOT_filling_ends_when_nobody_waits_for_it)
{
    run("echo x > root/image/x");
    UniqueFd other(::open(path("volume").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    BOOST_REQUIRE_EQUAL(::flock(other.get(), LOCK_EX), 0);
    patience_s = 2;
    auto const mount = open();
    BOOST_REQUIRE(!mount);
    BOOST_TEST(mount.error().code == STAITHE_CANCELLED, mount.error().message);
    other.reset();
    patience_s = 30;
    BOOST_TEST(static_cast<bool>(open()));
}

BOOST_AUTO_TEST_CASE(ROOT_several_fill_it_at_once_and_it_is_filled_once)
{
    run("cd root/image; for i in $(seq 50); do echo $i > $i; done");
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
        pid_t const pid = ::fork();
        if (pid == 0)
            ::_exit(open() ? 0 : 1);
        children.push_back(pid);
    }
    for (pid_t const pid : children) {
        int status = -1;
        BOOST_TEST(::waitpid(pid, &status, 0) == pid);
        BOOST_TEST(status == 0);
    }
    BOOST_TEST(told("ls -A volume; ls volume/data | wc -l") == "data\nfilled\n50\n");
}

BOOST_AUTO_TEST_SUITE_END()
