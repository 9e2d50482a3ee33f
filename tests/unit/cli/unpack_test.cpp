// Unpacking on the host: what a copy looks like, and that no archive reaches anything but the target.
#include "cli/unpack.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/tar_maker.hpp"

using namespace staithe::cli;
using namespace staithe::test;
namespace fs = std::filesystem;

namespace {

/// A directory with "target" to unpack into, and "outside" that nothing may touch.
struct Place {
    std::string root, target, outside;
    Place()
    {
        char pattern[] = "/tmp/staithe-unpack-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(pattern));
        root = pattern;
        target = root + "/target";
        outside = root + "/outside";
        fs::create_directory(target);
        fs::create_directory(outside);
        write(outside + "/file", "untouched");
    }
    ~Place() { fs::remove_all(root); }

    static void write(std::string const& path, std::string const& text) { std::ofstream(path) << text; }
    static std::string read(std::string const& path)
    {
        std::ifstream file(path);
        return { std::istreambuf_iterator<char>(file), {} };
    }
    /// Every name below the target, in order; links with what they say.
    std::string tree() const
    {
        std::vector<std::string> names;
        for (auto const& entry : fs::recursive_directory_iterator(target)) {
            auto name = entry.path().string().substr(target.size() + 1);
            if (entry.is_symlink())
                name += "->" + fs::read_symlink(entry.path()).string();
            else if (entry.is_regular_file())
                name += "=" + read(entry.path());
            names.push_back(name);
        }
        std::sort(names.begin(), names.end());
        std::string text;
        for (auto const& name : names)
            text += name + " ";
        return text;
    }
    bool outside_is_whole() const
    {
        auto const count = std::distance(fs::directory_iterator(outside), fs::directory_iterator());
        struct stat status { };
        return count == 1 && read(outside + "/file") == "untouched" && ::stat((outside + "/file").c_str(), &status) == 0
            && status.st_nlink == 1;
    }
};

/// The first line of the error, or an empty text.
std::string unpack(std::string const& target, std::string const& members, size_t* left_out = nullptr)
{
    auto const outcome = [&]() -> staithe::Result<void> {
        auto unpacker = STAITHE_TRY(Unpacker::create(target));
        TarReader reader(unpacker);
        STAITHE_TRY(reader.feed(members + tar_end()));
        STAITHE_TRY(reader.finish());
        STAITHE_TRY(unpacker.finish());
        if (left_out)
            *left_out = unpacker.left_out();
        return {};
    }();
    return outcome ? std::string() : outcome.error().message.substr(0, outcome.error().message.find('\n'));
}

mode_t mode_of(std::string const& path)
{
    struct stat status { };
    BOOST_REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

std::string const small_tree = tar_member({ "base/", '5', "", "", 0755 }) + tar_member({ "base/f", '0', "hello" })
    + tar_member({ "base/d/", '5', "", "", 0500 }) + tar_member({ "base/d/g", '0', "deep" })
    + tar_member({ "base/s", '2', "", "/etc/passwd" }) + tar_member({ "base/h", '1', "", "base/f" });

} // namespace

BOOST_AUTO_TEST_SUITE(unpacking)

BOOST_AUTO_TEST_CASE(into_a_directory)
{
    Place place;
    BOOST_TEST(unpack(place.target, small_tree) == "");
    BOOST_TEST(place.tree() == "base base/d base/d/g=deep base/f=hello base/h=hello base/s->/etc/passwd ");
    BOOST_TEST(mode_of(place.target + "/base/d") == 0500u);
    BOOST_TEST(fs::hard_link_count(place.target + "/base/f") == 2u);
    struct stat status { };
    BOOST_REQUIRE(::stat((place.target + "/base/d").c_str(), &status) == 0);
    BOOST_TEST(status.st_mtime == 1384000000);
    fs::permissions(place.target + "/base/d", fs::perms::owner_all);
    // Once more, over itself.
    Place::write(place.target + "/base/own", "stays");
    BOOST_TEST(unpack(place.target, small_tree) == "");
    BOOST_TEST(
        place.tree() == "base base/d base/d/g=deep base/f=hello base/h=hello base/own=stays base/s->/etc/passwd ");
    BOOST_TEST(fs::hard_link_count(place.target + "/base/f") == 2u);
}

BOOST_AUTO_TEST_CASE(under_a_new_name)
{
    Place place;
    BOOST_TEST(unpack(place.target + "/new", small_tree) == "");
    BOOST_TEST(place.tree() == "new new/d new/d/g=deep new/f=hello new/h=hello new/s->/etc/passwd ");
    BOOST_TEST(unpack(place.target + "/file", tar_member({ "base", '0', "text" })) == "");
    BOOST_TEST(Place::read(place.target + "/file") == "text");
    BOOST_TEST(unpack(place.target + "/none/file", tar_member({ "base", '0', "text" }))
        == "cannot use '" + place.target + "/none/file' as a target: No such file or directory");
    BOOST_TEST(
        unpack(place.target + "/none/", tar_member({ "base", '0', "text" })).find("No such file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_whole_root)
{
    Place place;
    auto const all = tar_member({ "./", '5' }) + tar_member({ "./etc/", '5' }) + tar_member({ "./etc/f", '0', "x" })
        + tar_member({ "./h", '1', "", "./etc/f" });
    BOOST_TEST(unpack(place.target, all) == "");
    BOOST_TEST(place.tree() == "etc etc/f=x h=x ");
    BOOST_TEST(unpack(place.target + "/root", all) == "");
    BOOST_TEST(Place::read(place.target + "/root/etc/f") == "x");
    BOOST_TEST(Place::read(place.target + "/root/h") == "x");
}

BOOST_AUTO_TEST_CASE(over_a_file)
{
    Place place;
    auto const path = place.target + "/f";
    Place::write(path, "old, and longer");
    fs::create_hard_link(path, place.target + "/other");
    BOOST_TEST(unpack(path, tar_member({ "base", '0', "new" })) == "");
    BOOST_TEST(place.tree() == "f=new other=old, and longer "); // replaced, not written into
    BOOST_TEST(unpack(path, small_tree) == "a directory cannot take the place of a file");
    BOOST_TEST(place.tree() == "f=new other=old, and longer ");
    BOOST_TEST(unpack("/dev/null", tar_member({ "base", '0', "x" }))
        == "cannot use '/dev/null' as a target: it is neither a file nor a directory");
}

BOOST_AUTO_TEST_CASE(permissions)
{
    Place place;
    mode_t const mask = ::umask(022);
    BOOST_TEST(
        unpack(place.target,
            tar_member({ "base/", '5', "", "", 02777 }) + tar_member({ "base/suid", '0', "x", "", 06755 })
                + tar_member({ "base/open", '0', "x", "", 0666 }) + tar_member({ "base/ro", '0', "x", "", 0444 }))
        == "");
    ::umask(mask);
    BOOST_TEST(mode_of(place.target + "/base") == 0755u);
    BOOST_TEST(mode_of(place.target + "/base/suid") == 0755u);
    BOOST_TEST(mode_of(place.target + "/base/open") == 0644u);
    BOOST_TEST(mode_of(place.target + "/base/ro") == 0444u);
    struct stat status { };
    BOOST_REQUIRE(::stat((place.target + "/base/ro").c_str(), &status) == 0);
    BOOST_TEST(status.st_uid == ::geteuid());
}

BOOST_AUTO_TEST_CASE(holes_stay_holes)
{
    Place place;
    std::string const map = "1\n1048576\n1\n";
    BOOST_TEST(unpack(place.target,
                   tar_pax({ "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=holes",
                       "GNU.sparse.realsize=4194304" })
                       + tar_member({ "x", '0', map + std::string(512 - map.size(), '\0') + "z" }))
        == "");
    struct stat status { };
    BOOST_REQUIRE(::stat((place.target + "/holes").c_str(), &status) == 0);
    BOOST_TEST(status.st_size == 4194304);
    BOOST_TEST(status.st_blocks < 1000);
    BOOST_TEST(Place::read(place.target + "/holes").find('z') == 1048576u);
}

BOOST_AUTO_TEST_CASE(names_that_lead_out)
{
    auto const base = tar_member({ "base/", '5' });
    for (std::string const name :
        { "../outside/new", "base/../../outside/new", "/tmp/staithe-new", "base/..", "..", "./../x" }) {
        for (char const type : { '0', '2', '5', '1' }) {
            Place place;
            auto const error = unpack(place.target, base + tar_member({ name, type, "", type == '1' ? "base/f" : "" }));
            BOOST_TEST(error.starts_with("the archive has a name that leads out of it: '"), name << " " << type);
            BOOST_TEST(place.tree() == "base ");
            BOOST_TEST(place.outside_is_whole());
        }
    }
    Place place;
    BOOST_TEST(
        unpack(place.target, base + tar_pax({ std::string("path=base/x\0/../../y", 20) }) + tar_member({ "f", '0' }))
            .starts_with("the archive has a name that leads out"));
    BOOST_TEST(unpack(place.target, base + tar_member({ "elsewhere", '0', "x" }))
        == "the archive has 'elsewhere' beside 'base'");
    BOOST_TEST(place.tree() == "base ");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_through_a_link)
{
    for (std::string const link : { "/outside", "../outside", "../../outside", "." }) {
        for (auto const& after :
            { tar_member({ "base/l/file", '0', "evil" }), tar_member({ "base/l/new", '0', "evil" }),
                tar_member({ "base/l/new/", '5' }), tar_member({ "base/l/new/deep", '0', "evil" }),
                tar_member({ "base/l/s", '2', "", "x" }), tar_member({ "base/l/file", '1', "", "base/f" }),
                tar_member({ "base/h", '1', "", "base/l/file" }), tar_member({ "base/l/", '5', "", "", 0777 }) }) {
            Place place;
            auto const to = link == "/outside" ? place.outside : link;
            auto const error = unpack(place.target,
                tar_member({ "base/", '5' }) + tar_member({ "base/f", '0', "x" })
                    + tar_member({ "base/l", '2', "", to }) + after);
            BOOST_TEST(error == "'base/l': a symbolic link of that name is in the way");
            BOOST_TEST(place.tree() == "base base/f=x base/l->" + to + " ");
            BOOST_TEST(place.outside_is_whole());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_link_that_was_there_before)
{
    Place place;
    fs::create_directory(place.target + "/base");
    fs::create_directory_symlink(place.outside, place.target + "/base/l");
    fs::create_symlink(place.outside + "/file", place.target + "/base/f");
    fs::create_directory_symlink(place.outside, place.target + "/top");
    auto const base = tar_member({ "base/", '5' });
    BOOST_TEST(unpack(place.target, base + tar_member({ "base/l/file", '0', "evil" })) != "");
    BOOST_TEST(unpack(place.target, tar_member({ "top/", '5' }) + tar_member({ "top/file", '0', "evil" }))
        == "'top': a symbolic link of that name is in the way");
    // A file takes the link's place.
    BOOST_TEST(unpack(place.target, base + tar_member({ "base/f", '0', "copy" })) == "");
    BOOST_TEST(Place::read(place.target + "/base/f") == "copy");
    BOOST_TEST(!fs::is_symlink(place.target + "/base/f"));
    BOOST_TEST(place.outside_is_whole());
    // But the caller's own target may be a link.
    fs::create_directory_symlink(place.target + "/base", place.root + "/link");
    BOOST_TEST(unpack(place.root + "/link", tar_member({ "x", '0', "x" })) == "");
    BOOST_TEST(Place::read(place.target + "/base/x") == "x");
}

BOOST_AUTO_TEST_CASE(hard_links_to_the_outside)
{
    for (std::string const to : { "../outside/file", "/etc/passwd", "base/../../outside/file", "elsewhere", "" }) {
        Place place;
        Place::write(place.target + "/elsewhere", "the caller's");
        auto const error = unpack(place.target, tar_member({ "base/", '5' }) + tar_member({ "base/h", '1', "", to }));
        BOOST_TEST(error.starts_with("the archive has a "), error);
        BOOST_TEST(place.tree() == "base elsewhere=the caller's ");
        BOOST_TEST(place.outside_is_whole());
    }
    Place place;
    BOOST_TEST(unpack(place.target, tar_member({ "base/", '5' }) + tar_member({ "base/h", '1', "", "base/none" }))
        == "cannot make 'base/h': No such file or directory");
    // A link to a link is one to the link itself.
    BOOST_TEST(unpack(place.target,
                   tar_member({ "base/s", '2', "", place.outside + "/file" })
                       + tar_member({ "base/h", '1', "", "base/s" }) + tar_member({ "base/h", '0', "mine" }))
        == "");
    BOOST_TEST(Place::read(place.target + "/base/h") == "mine");
    BOOST_TEST(place.outside_is_whole());
}

BOOST_AUTO_TEST_CASE(a_hard_link_to_itself_loses_nothing)
{
    Place place;
    auto const f = tar_member({ "base/", '5' }) + tar_member({ "base/f", '0', "x" });
    BOOST_TEST(unpack(place.target, f + tar_member({ "base/f", '1', "", "base/f" })) == "");
    BOOST_TEST(place.tree() == "base base/f=x ");
}

BOOST_AUTO_TEST_CASE(devices_are_left_out)
{
    Place place;
    size_t left_out = 0;
    BOOST_TEST(unpack(place.target,
                   tar_member({ "base/", '5' }) + tar_member({ "base/c", '3' }) + tar_member({ "base/b", '4' })
                       + tar_member({ "base/p", '6' }) + tar_member({ "base/f", '0', "x" }),
                   &left_out)
        == "");
    BOOST_TEST(left_out == 3u);
    BOOST_TEST(place.tree() == "base base/f=x ");
}

BOOST_AUTO_TEST_CASE(what_is_in_the_way)
{
    Place place;
    fs::create_directory(place.target + "/base");
    ::mkfifo((place.target + "/fifo").c_str(), 0600);
    Place::write(place.target + "/file", "x");
    BOOST_TEST(
        unpack(place.target, tar_member({ "base", '0', "x" })) == "'base': a directory of that name is in the way");
    BOOST_TEST(
        unpack(place.target, tar_member({ "file/", '5' })) == "'file': something else of that name is in the way");
    BOOST_TEST(
        unpack(place.target, tar_member({ "file/x", '0' })) == "'file': something else of that name is in the way");
    BOOST_TEST(
        unpack(place.target, tar_member({ "fifo", '0', "x" })) == "'fifo': something else of that name is in the way");
    // A container chooses names; they must not speak to the terminal.
    BOOST_TEST(unpack(place.target, tar_member({ "../\n\033[2J", '0' }))
        == "the archive has a name that leads out of it: '../??[2J'");
}

BOOST_AUTO_TEST_CASE(a_cut_archive_leaves_no_half_file)
{
    Place place;
    Place::write(place.target + "/f", "old");
    for (char const* name : { "/f", "/g" }) {
        auto unpacker = Unpacker::create(place.target + name);
        BOOST_REQUIRE(unpacker);
        TarReader reader(unpacker.value());
        BOOST_TEST(static_cast<bool>(reader.feed(tar_member({ "base", '0', std::string(5000, 'n') }).substr(0, 3000))));
        BOOST_TEST(!reader.finish());
    }
    BOOST_TEST(place.tree() == "f=old ");
}

BOOST_AUTO_TEST_SUITE_END()
