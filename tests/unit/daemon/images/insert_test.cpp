// A download that becomes a file in a child of an image: where it goes, the archive of it, and the whole.
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/images/insert_target.hpp"
#include "daemon/images/one_file_tar.hpp"
#include "daemon/os/file.hpp"
#include "daemon/os/mount.hpp"
#include "tests/unit/daemon/images/room.hpp"

using namespace staithe;
using namespace staithe::images;

namespace fs = std::filesystem;

namespace {

/// An image's tree as Debian has it, and some that is worse.
struct Tree {
    Tree()
    {
        for (auto const* path : { "etc", "run/lock", "var/log" })
            fs::create_directories(root() + "/" + path);
        std::ofstream(root() + "/etc/passwd") << "root";
        fs::create_directory_symlink("/run", root() + "/var/run");
        fs::create_directory_symlink("../../../../run/lock", root() + "/var/lock");
        fs::create_directory_symlink("/nowhere", root() + "/dangling");
        fs::create_directory_symlink("loop", root() + "/loop");
        fs::create_directory_symlink("/proc/self/root/etc", root() + "/magic");
        fs::create_symlink("/etc/shadow", root() + "/etc/link");
        open = std::move(os::open_directory(root())).value();
    }
    std::string root() const { return directory.path + "/root"; }
    /// "run/new + run/new/deep : run/new/deep/file", or the error.
    std::string target(std::string const& path, int of = -1) const
    {
        auto const found = find_insert_target(of < 0 ? open.get() : of, path);
        if (!found)
            return found.error().message;
        std::string text;
        for (auto const& made : found.value().directories)
            text += made + " + ";
        return text + found.value().file;
    }
    doubles::TempDirectory directory;
    UniqueFd open;
};

boost::test_tools::assertion_result is_root(boost::unit_test::test_unit_id)
{
    return ::geteuid() == 0;
}

std::string read_all(Source& source, size_t step)
{
    std::string bytes, buffer(step, '\0');
    while (size_t const n = source.read(buffer.data(), step).value())
        bytes.append(buffer, 0, n);
    return bytes;
}

std::string tar_of(
    std::vector<std::string> const& directories, std::string const& name, std::string const& content, size_t step = 100)
{
    doubles::TempDirectory const directory;
    auto file = std::move(os::open_unnamed_file(directory.path)).value();
    BOOST_REQUIRE(::write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    OneFileTar tar(directories, { name, std::move(file), content.size() }, 1'700'000'000);
    auto const announced = tar.size();
    auto bytes = read_all(tar, step);
    BOOST_TEST(bytes.size() == announced);
    BOOST_TEST(bytes.size() % 512 == 0u);
    return bytes;
}

/// What the system's tar makes of it.
std::string listed(std::string const& tar)
{
    doubles::TempDirectory const directory;
    std::ofstream(directory.path + "/a.tar") << tar;
    std::string text;
    FILE* const pipe = ::popen(("TZ=UTC tar -tvf '" + directory.path + "/a.tar' --numeric-owner").c_str(), "re");
    BOOST_REQUIRE(pipe);
    for (int c = ::fgetc(pipe); c != EOF; c = ::fgetc(pipe))
        text += static_cast<char>(c);
    BOOST_TEST(::pclose(pipe) == 0);
    return text;
}

struct Inserting : Room {
    Inserting()
    {
        storage().root = tree.root();
        base = imported("the base image");
        catalog.body = std::string(100'000, 'x');
        before = held();
    }
    Result<std::string> insert(std::string const& path = "/var/run/new/file", std::string const& name = "box")
    {
        return library->insert("r", name, "example.org/f", path, told);
    }
    void nothing_remains(Result<std::string> const& made, std::string const& message)
    {
        BOOST_REQUIRE(!made);
        BOOST_TEST(made.error().message.find(message) != std::string::npos, made.error().message);
        BOOST_TEST(held() == before);
        BOOST_TEST(library->count() == 1u);
    }
    Tree tree;
    std::string base;
    size_t before = 0;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(targets_are_where_the_images_programs_would_find_them, Tree)
{
    BOOST_TEST(target("/etc/new") == "etc/new");
    BOOST_TEST(target("etc//./new") == "etc/new");
    BOOST_TEST(target("/new") == "new");
    BOOST_TEST(target("/new/") == "new");
    BOOST_TEST(target("/a/b/c") == "a + a/b + a/b/c");
    BOOST_TEST(target("/var/run/pid") == "run/pid"); // an absolute link leads within the tree
    BOOST_TEST(target("/var/lock/pid") == "run/lock/pid"); // and so does one that climbs too high
    BOOST_TEST(target("/var/run/new/pid") == "run/new + run/new/pid");
    BOOST_TEST(target("/new ) /x") == "new )  + new ) /x");
}

BOOST_FIXTURE_TEST_CASE(what_is_there_is_not_replaced, Tree)
{
    for (std::string const path : { "/etc/passwd", "/etc", "etc/link", "/dangling", "/var/run", "/var/run/lock" })
        BOOST_TEST(target(path) == path + " exists");
    BOOST_TEST(find_insert_target(open.get(), "/etc").error().code == STAITHE_EXISTS);
}

BOOST_FIXTURE_TEST_CASE(paths_that_lead_out_or_nowhere_are_refused, Tree)
{
    for (std::string const path :
        { "../../../../tmp/x", "/etc/../x", "/..", "/", "", "//.", "/.wh.etc", "/etc/.wh.passwd", "/etc/.wh..wh..opq",
            "/.wh.x/y", "/dangling/x", "/loop/x", "/magic/x", "/etc/passwd/x", "/etc/link/x" }) {
        auto const found = find_insert_target(open.get(), path);
        BOOST_TEST_INFO(path);
        BOOST_REQUIRE(!found);
        BOOST_TEST(found.error().code == STAITHE_INVALID);
    }
    BOOST_TEST(!find_insert_target(open.get(), std::string("/a\0b", 4)));
    BOOST_TEST(!find_insert_target(open.get(), "/" + std::string(256, 'n')));
    BOOST_TEST(!find_insert_target(open.get(), std::string(5000, '/') + "x"));
    BOOST_TEST(target("/dangling/x") == "cannot insert '/dangling/x': '/dangling' is no directory");
}

BOOST_FIXTURE_TEST_CASE(ROOT_a_mount_of_its_own_has_the_same_targets, Tree, *boost::unit_test::precondition(is_root))
{
    auto const clone = os::clone_mount(root(), os::Submounts::Leave);
    BOOST_REQUIRE(clone);
    int const mount = clone.value().mount.get();
    BOOST_TEST(target("/var/run/new/pid", mount) == "run/new + run/new/pid");
    BOOST_TEST(target("/new", mount) == "new");
    BOOST_TEST(target("/var/lock/pid", mount) == "run/lock/pid");
    BOOST_TEST(target("/etc/passwd", mount) == "/etc/passwd exists");
}

BOOST_AUTO_TEST_CASE(the_archive_is_one_that_tar_reads)
{
    auto const text = listed(tar_of({ "a", "a/b" }, "a/b/file", std::string(700, 'x')));
    BOOST_TEST(text.find("drwxr-xr-x 0/0               0 2023-11-14 22:13 a/\n") == 0u, text);
    BOOST_TEST(text.find("a/b/\n-rw-r--r-- 0/0             700 2023-11-14 22:13 a/b/file\n") != text.npos, text);
    std::string const exact(100, 'n'), deep = exact + "/" + std::string(200, 'm');
    BOOST_TEST(listed(tar_of({}, exact, "")).find(" " + exact + "\n") != std::string::npos);
    auto const far = listed(tar_of({ exact + exact }, deep, "content"));
    BOOST_TEST(far.find(" " + exact + exact + "/\n") != far.npos, far);
    BOOST_TEST(far.find(" 7 2023-11-14 22:13 " + deep + "\n") != far.npos, far);
}

BOOST_AUTO_TEST_CASE(the_archive_is_the_same_however_it_is_read)
{
    std::string content;
    for (int i = 0; i < 3000; ++i)
        content += static_cast<char>(i * 7);
    auto const whole = tar_of({ "d" }, "d/f", content, 1 << 20);
    BOOST_TEST(whole.substr(1024, content.size()) == content);
    for (size_t const step : { size_t { 1 }, size_t { 511 }, size_t { 512 }, size_t { 4096 } })
        BOOST_TEST((tar_of({ "d" }, "d/f", content, step) == whole));
}

BOOST_AUTO_TEST_CASE(large_files_say_their_size_and_short_ones_are_an_error)
{
    doubles::TempDirectory const directory;
    auto file = std::move(os::open_unnamed_file(directory.path)).value();
    uint64_t const size = (uint64_t { 1 } << 33) + 1;
    OneFileTar tar({}, { "big", std::move(file), size }, 0);
    std::string head(1536, '\0');
    for (size_t at = 0; at < head.size();)
        at += tar.read(head.data() + at, head.size() - at).value();
    BOOST_TEST(head.find("size=8589934593\n") != head.npos);
    BOOST_TEST(tar.read(head.data(), 1).error().code == STAITHE_IO); // there is nothing in it
}

BOOST_FIXTURE_TEST_CASE(an_inserted_file_makes_a_child_without_run_configuration, Inserting)
{
    auto const id = insert();
    BOOST_REQUIRE(id);
    BOOST_TEST(catalog.fetched == "http://example.org/f");
    BOOST_TEST(told.statuses.empty()); // a download that is refused is to be an answer of its own
    BOOST_TEST(told.reached == 100'000u);
    BOOST_TEST(told.ends == 1);
    open();
    auto const image = library->inspect(id.value());
    BOOST_REQUIRE(image);
    BOOST_TEST(image.value().parent == base);
    BOOST_TEST(!image.value().config);
    BOOST_TEST(image.value().comment == "Imported from -"); // the base's
    auto const steps = library->history(id.value()).value();
    BOOST_TEST(steps.at(0).created_by == "echo insert example.org/f /var/run/new/file");
    BOOST_TEST(steps.at(0).tags.empty());
    auto const list = listed(storage().contents.at(id.value()));
    BOOST_TEST(list.find("run/new/\n") != list.npos, list);
    BOOST_TEST(list.find(" 100000 ") != list.npos, list);
    BOOST_TEST(list.find(" run/new/file\n") != list.npos, list);
}

BOOST_FIXTURE_TEST_CASE(an_insert_that_cannot_be_is_told_before_anything_is_fetched, Inserting)
{
    nothing_remains(insert("/etc/passwd"), "/etc/passwd exists");
    nothing_remains(insert("/etc/new", "nope"), "No such image: nope");
    nothing_remains(insert("/../x"), "cannot insert '/../x': it may not contain '..'");
    storage().fails = { { "mount", "out of order" } };
    nothing_remains(insert(), "out of order");
    BOOST_TEST(catalog.fetched.empty());
    BOOST_TEST(told.statuses.empty());
}

BOOST_FIXTURE_TEST_CASE(whatever_fails_of_an_insert_leaves_nothing, Inserting)
{
    for (std::string const function : { "create", "apply" }) {
        storage().fails = { { function, function + " is out of order" } };
        nothing_remains(insert(), function + " is out of order");
        storage().fails.clear();
    }
    catalog.fetch_error = "connection reset";
    nothing_remains(insert(), "connection reset");
    catalog.fetch_error.clear();
    told.gone = true;
    nothing_remains(insert(), "the client has gone");
    told.gone = false;
    drop_table("layers");
    nothing_remains(insert(), "no such table");
}
