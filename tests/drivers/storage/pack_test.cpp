// SPDX-License-Identifier: Apache-2.0
//
// pack and changes while somebody hostile is at work in the tree: what comes out is the root's own, and well-formed.
// With STAITHE_LONG=1 the races are run 10,000 times.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include "plugins/common/archive/tar_format.hpp"
#include "tests/drivers/storage/fixture.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

using namespace staithe;
using namespace staithe::test;
namespace data = boost::unit_test::data;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(ScratchRoot);

int rounds(int few)
{
    return ::getenv("STAITHE_LONG") ? 10'000 : few;
}

struct Member {
    std::string name;
    char type = 0;
    std::string link, content;
};

/// The members of a plain ustar archive; fails the test where it is not well-formed.
std::vector<Member> members_of(std::string_view tar)
{
    std::vector<Member> members;
    while (tar.size() >= archive::block_size && tar[0] != '\0') {
        archive::TarHeader h;
        std::memcpy(&h, tar.data(), sizeof h);
        auto const sum = archive::parse_number(h.checksum), size = archive::parse_number(h.size);
        BOOST_TEST_REQUIRE((sum && *sum == archive::checksum_of(h) && size && *size >= 0));
        auto const whole = archive::block_size + archive::padded(static_cast<uint64_t>(*size));
        BOOST_TEST_REQUIRE(whole <= tar.size());
        if (h.type != 'x')
            members.push_back(
                { std::string(archive::field_text(h.name)), h.type, std::string(archive::field_text(h.link)),
                    std::string(tar.substr(archive::block_size, static_cast<size_t>(*size))) });
        tar.remove_prefix(whole);
    }
    BOOST_TEST((tar == std::string(2 * archive::block_size, '\0')));
    return members;
}

/// "name type link=content\n" for each.
std::string text_of(std::vector<Member> const& members)
{
    std::string all;
    for (auto const& m : members)
        all += m.name + ' ' + m.type + (m.link.empty() ? "" : " -> " + m.link)
            + (m.content.empty() ? "" : " = " + m.content) + '\n';
    return all;
}

std::string tree_tar()
{
    return TarBuilder()
        .dir("./")
        .dir("etc/")
        .file("etc/passwd", "root")
        .hardlink("etc/passwd2", "etc/passwd")
        .dir("etc/empty/")
        .symlink("etc/out", "/../../../../etc/hostname")
        .symlink("etc/up", "../../../..")
        .symlink("way", "/etc")
        .add({ "etc/fifo", '6' })
        .add({ "etc/null", '3', {}, {}, 0666, 0, 0, 0, 1, 3 })
        .done();
}

/// A writable layer on a base, and where it is mounted.
struct Live : Fixture {
    explicit Live(std::string const& name)
        : Fixture(name)
    {
        must(driver.create(id_of(1)));
        must(driver.apply(id_of(1), tree_tar()));
        must(driver.create(id_of(2), id_of(1), true));
        at = std::make_unique<Attached>(driver, id_of(2));
        root.reset(::open_tree(AT_FDCWD, at->path().c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
        mount_attr change {};
        change.attr_set = MOUNT_ATTR_RDONLY;
        BOOST_TEST_REQUIRE(::mount_setattr(root.get(), "", AT_EMPTY_PATH, &change, sizeof change) == 0);
    }
    ~Live()
    {
        root.reset();
        at.reset();
    }
    std::string members(std::string_view path, std::string_view prefix)
    {
        return text_of(members_of(must(driver.pack(root.get(), path, prefix))));
    }
    staithe_code code(std::string_view path)
    {
        auto const packed = driver.pack(root.get(), path, "x");
        return packed ? STAITHE_OK : packed.error().code;
    }

    std::unique_ptr<Attached> at;
    UniqueFd root;
};

/// Does something again and again until it is gone.
class Meanwhile {
public:
    explicit Meanwhile(std::function<void()> f)
        : m_thread([this, f = std::move(f)] {
            while (!m_stop)
                f();
        })
    {
    }
    ~Meanwhile()
    {
        m_stop = true;
        m_thread.join();
    }

private:
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

void exchange(std::string const& a, std::string const& b)
{
    (void)::syscall(SYS_renameat2, AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE);
}

constexpr char secret[] = "secret of the host";

/// Outside of the layer; nothing of it may come out or change.
struct Outside {
    Outside()
        : path(scratch_root() + "/outside")
    {
        BOOST_TEST_REQUIRE(std::system(("mkdir -p " + path + "/d && printf '%s' '" + secret + "' > " + path
                               + "/d/file && cp " + path + "/d/file " + path + "/file")
                                           .c_str())
            == 0);
    }
    ~Outside() { (void)!std::system(("rm -rf " + path).c_str()); }
    std::string path;
};

} // namespace

BOOST_DATA_TEST_CASE(ROOT_a_part_is_packed_below_its_prefix, data::make(drivers), name)
{
    Live f(name);
    std::string const inside = "x/empty/ 5\nx/fifo 6\nx/null 3\nx/out 2 -> /../../../../etc/hostname\n"
                               "x/passwd 0 = root\nx/passwd2 1 -> x/passwd\nx/up 2 -> ../../../..\n";
    BOOST_TEST(f.members("/etc", "x") == "x/ 5\n" + inside);
    BOOST_TEST(f.members("etc/", "x") == "x/ 5\n" + inside);
    BOOST_TEST(f.members("/way/../../way/./", "x") == "x/ 5\n" + inside);
    BOOST_TEST(f.members("/etc/passwd", "passwd") == "passwd 0 = root\n");
    BOOST_TEST(f.members("/etc/fifo", "fifo") == "fifo 6\n");
    BOOST_TEST(f.members("/etc/null", "null") == "null 3\n");
    BOOST_TEST(f.members("/etc/empty", ".") == "./ 5\n");
    BOOST_TEST(f.members("", ".").starts_with("./ 5\n./etc/ 5\n./etc/empty/ 5\n"));
    BOOST_TEST(f.members("/etc/up", ".") == f.members("/", "."));
}

BOOST_DATA_TEST_CASE(ROOT_what_is_not_there_is_not_found, data::make(drivers), name)
{
    Live f(name);
    BOOST_TEST_REQUIRE(f.at->run("ln -s loop2 loop1; ln -s loop1 loop2; ln -s nowhere dangling"));
    for (char const* path : { "/nothing", "/etc/out", "/etc/passwd/x", "/etc/passwd/", "/dangling", "/etc/nothing/.." })
        BOOST_TEST(f.code(path) == STAITHE_NOT_FOUND, path);
    BOOST_TEST(f.code("/loop1") == STAITHE_INVALID);
    BOOST_TEST(f.code(std::string(5000, 'x')) == STAITHE_INVALID);
    BOOST_TEST(f.code(std::string_view("etc\0x", 5)) == STAITHE_INVALID);
}

BOOST_DATA_TEST_CASE(ROOT_volumes_are_not_packed, data::make(drivers), name)
{
    Live f(name);
    auto const over = f.at->path() + "/etc/empty";
    BOOST_TEST_REQUIRE(::mount("x", over.c_str(), "tmpfs", 0, nullptr) == 0);
    BOOST_TEST_REQUIRE(f.at->run("echo x > etc/empty/of-the-volume; echo y > etc/new"));
    BOOST_TEST(f.members("/etc/empty", ".") == "./ 5\n");
    BOOST_TEST(f.members("/etc/new", "new") == "new 0 = y\n\n");
    ::umount2(over.c_str(), MNT_DETACH);
}

BOOST_DATA_TEST_CASE(ROOT_a_path_is_packed_from_inside_while_links_are_swapped, data::make(drivers), name)
{
    Live f(name);
    Outside const outside;
    auto const& top = f.at->path();
    BOOST_TEST_REQUIRE(f.at->run("mkdir -p a/d; printf inside > a/d/file; ln -s " + outside.path
        + " b; ln -s ../../../../.." + outside.path + "/d a/link; ln -s /a/d/file a/far"));
    Meanwhile const swapping([&] { exchange(top + "/a", top + "/b"); });
    int found = 0;
    for (int i = 0; i < rounds(300); ++i)
        for (char const* path : { "/a/d/file", "/b/../b/d", "/a/link/file", "/a/far" }) {
            auto const packed = f.driver.pack(f.root.get(), path, "x");
            if (!packed)
                BOOST_TEST_REQUIRE((packed.error().code == STAITHE_NOT_FOUND || packed.error().code == STAITHE_BUSY),
                    packed.error().message);
            else
                ++found;
            BOOST_TEST_REQUIRE((!packed || packed.value().find(secret) == std::string::npos));
        }
    BOOST_TEST(found > 0);
}

BOOST_DATA_TEST_CASE(ROOT_a_walk_stays_inside_while_everything_is_swapped, data::make(drivers), name)
{
    Live f(name);
    Outside const outside;
    auto const top = f.at->path() + "/t";
    BOOST_TEST_REQUIRE(f.at->run("mkdir -p t/a/d t/p; printf inside > t/a/d/file; printf inside > t/file; ln -s "
        + outside.path + " t/b; ln -s " + outside.path + "/file t/l; mkfifo t/p/fifo; mknod t/p/device c 1 5"));
    std::vector<std::unique_ptr<Meanwhile>> all;
    all.push_back(std::make_unique<Meanwhile>([&] { exchange(top + "/a", top + "/b"); }));
    all.push_back(std::make_unique<Meanwhile>([&] {
        exchange(top + "/file", top + "/l");
        exchange(top + "/file", top + "/p/fifo");
        exchange(top + "/file", top + "/p/device");
        exchange(top + "/file", top + "/a");
    }));
    for (int i = 0; i < rounds(300); ++i) {
        auto const packed = must(f.driver.pack(f.root.get(), "/t", "t"));
        for (auto const& m : members_of(packed))
            BOOST_TEST_REQUIRE((m.content.empty() || m.content == "inside"));
    }
}

BOOST_DATA_TEST_CASE(ROOT_an_archive_is_whole_while_files_come_go_grow_and_shrink, data::make(drivers), name)
{
    Live f(name);
    auto const top = f.at->path() + "/t";
    BOOST_TEST_REQUIRE(f.at->run("mkdir -p t/d; head -c 100000 /dev/zero | tr '\\0' x > t/sizes"));
    Meanwhile const sizing([&] {
        std::error_code ignored; // whatever happens, the archive is whole
        std::filesystem::resize_file(top + "/sizes", 0, ignored);
        std::filesystem::resize_file(top + "/sizes", 5'000'000, ignored);
        std::ofstream(top + "/sizes") << std::string(300'000, 'y');
    });
    Meanwhile const coming([&] {
        ::mkdir((top + "/d/e").c_str(), 0700);
        std::ofstream(top + "/d/e/f") << "data";
        ::unlink((top + "/d/e/f").c_str());
        ::rmdir((top + "/d/e").c_str());
    });
    for (int i = 0; i < rounds(200); ++i)
        (void)members_of(must(f.driver.pack(f.root.get(), "/t", "t")));
}

BOOST_DATA_TEST_CASE(ROOT_changes_are_told_while_the_layer_is_in_use, data::make(drivers), name)
{
    Live f(name);
    BOOST_TEST_REQUIRE(f.at->run("chmod 600 etc/fifo; mkdir new; echo y > new/file; rm -r etc/empty; touch new-er; "
                                 "rm way; mkdir way; chmod 700 new/.; mv etc/null etc/zero"));
    BOOST_TEST(must(f.driver.changes(id_of(2), id_of(1)))
        == "M /etc\nD /etc/empty\nM /etc/fifo\nD /etc/null\nA /etc/zero\nA /new\nA /new/file\nA /new-er\n"
           "M /way\n");
}

BOOST_DATA_TEST_CASE(ROOT_changes_are_told_while_the_layer_is_written_to, data::make(drivers), name)
{
    Live f(name);
    auto const& top = f.at->path();
    BOOST_TEST_REQUIRE(f.at->run("mkdir steady a; echo x > steady/file; echo y > a/file; echo z > b"));
    {
        Meanwhile const swapping([&] {
            exchange(top + "/a", top + "/b");
            exchange(top + "/etc/passwd", top + "/etc/fifo");
            ::mkdir((top + "/c").c_str(), 0700);
            std::ofstream(top + "/c/f") << "data";
            ::unlink((top + "/c/f").c_str());
            ::rmdir((top + "/c").c_str());
        });
        for (int i = 0; i < rounds(200); ++i) {
            auto const told = must(f.driver.changes(id_of(2), id_of(1)));
            BOOST_TEST_REQUIRE((told.find("A /steady\nA /steady/file\n") != std::string::npos), told);
        }
    }
}
