// SPDX-License-Identifier: Apache-2.0
//
// What real images contain, reproduced exactly: the same tree, the same hash and the same archive on every driver, and
// again after a round trip.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/drivers/storage/fixture.hpp"
#include "tests/drivers/storage/listing.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

using namespace staithe;
using namespace staithe::test;
namespace data = boost::unit_test::data;

namespace {

struct Layer {
    std::string name;
    TarBuilder base, layer;
    std::string expected; ///< the listing of both together
};

std::ostream& operator<<(std::ostream& out, Layer const& layer)
{
    return out << layer.name;
}

/// A binary POSIX ACL as the kernel keeps it: version 2, then tag, permissions and id of each entry.
std::string acl(std::vector<std::array<uint32_t, 3>> const& entries)
{
    std::string out("\2\0\0\0", 4);
    for (auto const& [tag, permissions, id] : entries) {
        for (uint32_t const half : { tag, permissions })
            out += { static_cast<char>(half & 0xff), static_cast<char>(half >> 8) };
        for (int shift = 0; shift < 32; shift += 8)
            out += static_cast<char>(id >> shift & 0xff);
    }
    return out;
}

constexpr uint32_t nobody = UINT32_MAX;
std::string const file_acl =
    acl({ { 1, 6, nobody }, { 2, 4, 1000 }, { 4, 4, nobody }, { 16, 4, nobody }, { 32, 0, nobody } });
std::string const directory_acl =
    acl({ { 1, 7, nobody }, { 4, 5, nobody }, { 8, 7, 50 }, { 16, 7, nobody }, { 32, 5, nobody } });
/// VFS_CAP_REVISION_2, effective, permitted: CAP_NET_BIND_SERVICE.
std::string const capability = std::string("\1\0\0\2\0\4\0\0", 8) + std::string(12, '\0');

std::string const file_acl_text =
    R"(\x02\x00\x00\x00\x01\x00\x06\x00\xff\xff\xff\xff\x02\x00\x04\x00\xe8\x03\x00\x00\x04\x00\x04\x00\xff\xff\xff\xff)"
    R"(\x10\x00\x04\x00\xff\xff\xff\xff \x00\x00\x00\xff\xff\xff\xff)";
std::string const directory_acl_text =
    R"(\x02\x00\x00\x00\x01\x00\x07\x00\xff\xff\xff\xff\x04\x00\x05\x00\xff\xff\xff\xff\x08\x00\x07\x002\x00\x00\x00)"
    R"(\x10\x00\x07\x00\xff\xff\xff\xff \x00\x05\x00\xff\xff\xff\xff)";

std::string xattr(std::string const& name, std::string const& value)
{
    return pax("SCHILY.xattr." + name, value);
}

Member with_pax(Member member, std::string records)
{
    member.pax = std::move(records);
    return member;
}

TarBuilder empty()
{
    return TarBuilder();
}

void add_paths(std::vector<Layer>& all)
{
    all.push_back({ "below_var_run", empty().dir("run/").dir("var/").symlink("var/run", "/run"),
        empty().file("var/run/pid", "1").dir("var/run/lock/").file("var/run/lock/x", "2"),
        "d 755 0:0 .\nd 755 0:0 run\nd 755 0:0 run/lock\nf 644 0:0 run/lock/x = 2\nf 644 0:0 run/pid = 1\n"
        "d 755 0:0 var\nl 777 0:0 var/run -> /run\n" });
    all.push_back({ "absolute_hard_link_target", empty().dir("etc/").file("etc/hosts", "localhost"),
        empty().hardlink("hosts", "/etc/hosts").file("a", "a").hardlink("b", "/a"),
        "d 755 0:0 .\nf 644 0:0 a = a\nf 644 0:0 b = a is a\nd 755 0:0 etc\nf 644 0:0 etc/hosts = localhost\n"
        "f 644 0:0 hosts = localhost is etc/hosts\n" });
    all.push_back({ "hard_link_through_a_directory_link", empty().dir("usr/").dir("usr/lib/").symlink("lib", "usr/lib"),
        empty().file("lib/a", "a").hardlink("b", "lib/a"),
        "d 755 0:0 .\nf 644 0:0 b = a\nl 777 0:0 lib -> usr/lib\nd 755 0:0 usr\nd 755 0:0 usr/lib\n"
        "f 644 0:0 usr/lib/a = a is b\n" });
    all.push_back({ "kept_directory_link", empty(),
        empty().dir("usr/").dir("usr/lib/").symlink("lib", "usr/lib").dir("lib/").file("lib/a", "a"),
        "d 755 0:0 .\nl 777 0:0 lib -> usr/lib\nd 755 0:0 usr\nd 755 0:0 usr/lib\nf 644 0:0 usr/lib/a = a\n" });
    all.push_back({ "replaced_directory_link", empty().dir("usr/").symlink("lib", "usr"),
        empty().dir("lib/").file("lib/a"), "d 755 0:0 .\nd 755 0:0 lib\nf 644 0:0 lib/a = data\nd 755 0:0 usr\n" });
    std::string const n(150, 'n');
    all.push_back({ "long_names", empty(),
        empty()
            .dir(n + '/')
            .dir(n + '/' + n + '/')
            .file(n + '/' + n + '/' + n, "x")
            .symlink("s", n + '/' + n)
            .hardlink("h", n + '/' + n + '/' + n),
        "d 755 0:0 .\nf 644 0:0 h = x\nd 755 0:0 " + n + "\nd 755 0:0 " + n + '/' + n + "\nf 644 0:0 " + n + '/' + n
            + '/' + n + " = x is h\nl 777 0:0 s -> " + n + '/' + n + '\n' });
    all.push_back({ "odd_bytes", empty(),
        empty()
            .file("b\xff"
                  "d")
            .file("new\nline")
            .file(" ")
            .file("-rf")
            .file("\xc3\xa4")
            .file(std::string(140, '\xfe')),
        "d 755 0:0 .\nf 644 0:0 \\x20 = data\n" });
    auto& odd = all.back().expected;
    odd = "d 755 0:0 .\nf 644 0:0   = data\nf 644 0:0 -rf = data\nf 644 0:0 b\\xffd = data\nf 644 0:0 new\\x0aline = "
          "data\n"
          "f 644 0:0 \\xc3\\xa4 = data\nf 644 0:0 ";
    for (int i = 0; i < 140; ++i)
        odd += "\\xfe";
    odd += " = data\n";
}

void add_metadata(std::vector<Layer>& all)
{
    all.push_back({ "devices", empty(),
        empty()
            .dir("dev/")
            .add({ "dev/null", '3', {}, {}, 0666, 0, 0, 1, 1, 3 })
            .add({ "dev/disk", '4', {}, {}, 0660, 0, 6, 1, 259, 70000 })
            .add({ "dev/log", '6', {}, {}, 0620, 3, 4 }),
        "d 755 0:0 .\nd 755 0:0 dev\nb 660 0:6 dev/disk 259:70000\np 620 3:4 dev/log\nc 666 0:0 dev/null 1:3\n" });
    all.push_back({ "setuid_and_sticky", empty(),
        empty()
            .add({ "su", '0', "su", {}, 04755 })
            .add({ "wall", '0', "wall", {}, 02755, 0, 5 })
            .add({ "mail", '0', "m", {}, 06711, 8, 12 })
            .add({ "tmp/", '5', {}, {}, 01777 })
            .add({ "spool/", '5', {}, {}, 02775, 0, 8 })
            .file("spool/x", "x"),
        "d 755 0:0 .\nf 6711 8:12 mail = m\nd 2775 0:8 spool\nf 644 0:0 spool/x = x\nf 4755 0:0 su = su\n"
        "d 1777 0:0 tmp\nf 2755 0:5 wall = wall\n" });
    all.push_back({ "user_attributes", empty().file("below", "b"),
        empty()
            .add(
                with_pax({ "f", '0', "f" }, xattr("user.colour", "blue") + xattr("user.raw", std::string("a\0=\n", 4))))
            .add(with_pax({ "d/", '5', {}, {}, 0755 }, xattr("user.empty", ""))),
        "d 755 0:0 .\nf 644 0:0 below = b\nd 755 0:0 d user.empty=\n"
        "f 644 0:0 f = f user.colour=blue user.raw=a\\x00=\\x0a\n" });
    all.push_back({ "access_lists", empty(),
        empty()
            .add(with_pax({ "d/", '5', {}, {}, 0775 },
                xattr("system.posix_acl_access", directory_acl) + xattr("system.posix_acl_default", directory_acl)))
            .file("d/plain", "p")
            .dir("d/sub/")
            .add(with_pax({ "d/listed", '0', "l", {}, 0640 }, xattr("system.posix_acl_access", file_acl))),
        "d 755 0:0 .\nd 775 0:0 d system.posix_acl_access=" + directory_acl_text + " system.posix_acl_default="
            + directory_acl_text + "\nf 640 0:0 d/listed = l system.posix_acl_access=" + file_acl_text
            + "\nf 644 0:0 d/plain = p\nd 755 0:0 d/sub\n" });
    all.push_back({ "file_capabilities", empty(),
        empty()
            .add(with_pax({ "ping", '0', "p", {}, 0755 }, xattr("security.capability", capability)))
            .add(with_pax({ "owned", '0', "o", {}, 0755, 5, 6 }, xattr("security.capability", capability))),
        "d 755 0:0 .\nf 755 5:6 owned = o "
        "security.capability=\\x01\\x00\\x00\\x02\\x00\\x04\\x00\\x00\\x00\\x00\\x00\\x00"
        "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\nf 755 0:0 ping = p "
        "security.capability=\\x01\\x00\\x00\\x02\\x00\\x04"
        "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\n" });
    all.push_back({ "huge_ids", empty(), empty().add({ "x", '0', "x", {}, 0644, 3'000'000'000, 4'000'000'000 }),
        "d 755 0:0 .\nf 644 3000000000:4000000000 x = x\n" });
    all.push_back({ "root_directory", empty(), empty().add({ "./", '5', {}, {}, 0711, 1, 2 }).file("x", "x"),
        "d 711 1:2 .\nf 644 0:0 x = x\n" });
}

void add_changes(std::vector<Layer>& all)
{
    auto const base = empty().dir("d/").file("d/a", "a").file("d/b", "b").file("f", "f");
    std::string const top = "d 755 0:0 .\n";
    all.push_back({ "whiteout_of_a_file", base, empty().file("d/.wh.a", ""),
        top + "d 755 0:0 d\nf 644 0:0 d/b = b\nf 644 0:0 f = f\n" });
    all.push_back({ "whiteout_of_a_directory", base, empty().file(".wh.d", ""), top + "f 644 0:0 f = f\n" });
    all.push_back({ "opaque_before", base, empty().file("d/.wh..wh..opq", "").file("d/c", "c"),
        top + "d 755 0:0 d\nf 644 0:0 d/c = c\nf 644 0:0 f = f\n" });
    all.push_back({ "opaque_after", base, empty().file("d/c", "c").file("d/.wh..wh..opq", ""),
        top + "d 755 0:0 d\nf 644 0:0 d/c = c\nf 644 0:0 f = f\n" });
    all.push_back(
        { "directory_to_file", base, empty().file("d", "file"), top + "f 644 0:0 d = file\nf 644 0:0 f = f\n" });
    all.push_back(
        { "directory_to_link", base, empty().symlink("d", "f"), top + "l 777 0:0 d -> f\nf 644 0:0 f = f\n" });
    all.push_back({ "file_to_directory", base, empty().dir("f/").file("f/x", "x"),
        top + "d 755 0:0 d\nf 644 0:0 d/a = a\nf 644 0:0 d/b = b\nd 755 0:0 f\nf 644 0:0 f/x = x\n" });
    all.push_back({ "directory_is_merged", base, empty().add({ "d/", '5', {}, {}, 0700, 1, 1 }).file("d/c", "c"),
        top + "d 700 1:1 d\nf 644 0:0 d/a = a\nf 644 0:0 d/b = b\nf 644 0:0 d/c = c\nf 644 0:0 f = f\n" });
    auto const linked = empty().file("a", "a").hardlink("b", "a").hardlink("c", "a");
    all.push_back({ "link_to_one_of_several_names", linked, empty().hardlink("d", "a"),
        top + "f 644 0:0 a = a\nf 644 0:0 b = a\nf 644 0:0 c = a is b\nf 644 0:0 d = a is a\n" });
    all.push_back({ "two_links_to_one_of_several_names", linked, empty().hardlink("d", "a").hardlink("e", "/a"),
        top + "f 644 0:0 a = a\nf 644 0:0 b = a\nf 644 0:0 c = a is b\nf 644 0:0 d = a is a\nf 644 0:0 e = a is a\n" });
    all.push_back({ "links_to_two_of_several_names", linked, empty().hardlink("d", "a").hardlink("e", "b"),
        top + "f 644 0:0 a = a\nf 644 0:0 b = a\nf 644 0:0 c = a\nf 644 0:0 d = a is a\nf 644 0:0 e = a is b\n" });
    all.push_back({ "one_of_several_names_replaced", linked, empty().file("b", "new").hardlink("d", "b"),
        top + "f 644 0:0 a = a\nf 644 0:0 b = new\nf 644 0:0 c = a is a\nf 644 0:0 d = new is b\n" });
    all.push_back({ "one_of_several_names_removed", linked, empty().file(".wh.b", ""),
        top + "f 644 0:0 a = a\nf 644 0:0 c = a is a\n" });
}

std::vector<Layer> legitimate_layers()
{
    std::vector<Layer> all;
    add_paths(all);
    add_metadata(all);
    add_changes(all);
    return all;
}

/// What a driver makes of a layer.
struct Image {
    std::string tree, hash, diff, whole, again;
};

std::string read_back(Driver& driver, unsigned id)
{
    return listing(must(driver.mount(id_of(id), false)).get());
}

Image image_of(Driver& driver, unsigned first, std::string const& base, std::string const& layer)
{
    auto const below = id_of(first), id = id_of(first + 1), copy = id_of(first + 2);
    must(driver.create(below));
    must(driver.apply(below, base));
    must(driver.create(id, below));
    must(driver.apply(id, layer));
    Image image { read_back(driver, first + 1), must(driver.tree_hash(id)), must(driver.diff(id, below)),
        must(driver.export_tree(id)), {} };
    must(driver.create(copy, below));
    must(driver.apply(copy, image.diff));
    image.again = read_back(driver, first + 2);
    BOOST_TEST(must(driver.tree_hash(copy)) == image.hash);
    BOOST_TEST((must(driver.diff(copy, below)) == image.diff));
    return image;
}

struct Pair {
    Driver overlay { "overlay", scratch_root() + "/overlay" };
    Driver vfs { "vfs", scratch_root() + "/vfs" };
    unsigned next = 1;
    static Pair& get()
    {
        static Pair pair;
        return pair;
    }
};

void check_equal(Image const& a, Image const& b)
{
    BOOST_TEST(a.tree == b.tree);
    BOOST_TEST(a.hash == b.hash);
    BOOST_TEST((a.diff == b.diff));
    BOOST_TEST((a.whole == b.whole));
}

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(ScratchRoot);

BOOST_DATA_TEST_CASE(ROOT_a_legitimate_layer, data::make(legitimate_layers()), layer)
{
    auto& pair = Pair::get();
    auto const first = pair.next;
    pair.next += 3;
    auto const a = image_of(pair.overlay, first, layer.base.done(), layer.layer.done());
    auto const b = image_of(pair.vfs, first, layer.base.done(), layer.layer.done());
    BOOST_TEST(a.tree == layer.expected);
    BOOST_TEST(b.tree == layer.expected);
    BOOST_TEST(a.again == layer.expected, "after a round trip");
    BOOST_TEST(b.again == layer.expected, "after a round trip");
    check_equal(a, b);
}

BOOST_AUTO_TEST_CASE(ROOT_holes_are_kept)
{
    auto& pair = Pair::get();
    auto const first = pair.next;
    pair.next += 3;
    std::string map = "2\n1048576\n4096\n4194304\n4096\n";
    map.resize(archive::block_size);
    auto const layer = TarBuilder()
                           .add(with_pax({ "hole", '0', map + std::string(4096, 'a') + std::string(4096, 'b') },
                               pax("GNU.sparse.major", "1") + pax("GNU.sparse.minor", "0")
                                   + pax("GNU.sparse.name", "hole") + pax("GNU.sparse.realsize", "8388608")))
                           .done();
    std::vector<Image> images;
    for (auto* driver : { &pair.overlay, &pair.vfs }) {
        images.push_back(image_of(*driver, first, TarBuilder().done(), layer));
        for (unsigned const id : { first + 1, first + 2 }) {
            auto const root = must(driver->mount(id_of(id), false));
            UniqueFd const fd(::openat(root.get(), "hole", O_RDONLY | O_CLOEXEC));
            struct stat status { };
            BOOST_TEST_REQUIRE(::fstat(fd.get(), &status) == 0);
            BOOST_TEST(status.st_size == 8388608);
            BOOST_TEST(status.st_blocks * 512 <= 65536);
            char around[3] = {};
            BOOST_TEST(::pread(fd.get(), around, 3, 1048575) == 3);
            BOOST_TEST(std::memcmp(around, "\0aa", 3) == 0);
            BOOST_TEST(::pread(fd.get(), around, 3, 4194304 + 4094) == 3);
            BOOST_TEST(std::memcmp(around, "bb\0", 3) == 0);
        }
    }
    check_equal(images.at(0), images.at(1));
    BOOST_TEST(images.at(0).diff.size() < 65536u);
}

BOOST_AUTO_TEST_CASE(ROOT_times_are_exact)
{
    auto& pair = Pair::get();
    auto const first = pair.next;
    pair.next += 3;
    auto const layer = TarBuilder()
                           .add(with_pax({ "d/", '5', {}, {}, 0755 }, pax("mtime", "-1.876543211")))
                           .add(with_pax({ "d/f", '0', "f" }, pax("mtime", "2208988800.000000001")))
                           .add(with_pax({ "d/l", '2', {}, "f", 0777 }, pax("mtime", "1.5")))
                           .done();
    for (auto* driver : { &pair.overlay, &pair.vfs }) {
        image_of(*driver, first, TarBuilder().done(), layer);
        auto const root = must(driver->mount(id_of(first + 2), false));
        auto const time_of = [&](char const* name) {
            struct stat s { };
            BOOST_TEST_REQUIRE(::fstatat(root.get(), name, &s, AT_SYMLINK_NOFOLLOW) == 0);
            return std::to_string(s.st_mtim.tv_sec) + ' ' + std::to_string(s.st_mtim.tv_nsec);
        };
        BOOST_TEST(time_of("d") == "-2 123456789");
        BOOST_TEST(time_of("d/f") == "2208988800 1");
        BOOST_TEST(time_of("d/l") == "1 500000000");
    }
}

BOOST_AUTO_TEST_CASE(ROOT_128_layers_are_equal)
{
    auto& pair = Pair::get();
    auto const first = pair.next;
    pair.next += 129;
    std::string hash[2], diff[2], whole[2];
    int i = 0;
    for (auto* driver : { &pair.overlay, &pair.vfs }) {
        for (unsigned n = 0; n < 128; ++n) {
            auto const name = std::to_string(n);
            must(driver->create(id_of(first + n), n ? id_of(first + n - 1) : ""));
            TarBuilder layer;
            layer.file("layer" + name, name).file("top", name).dir("d/").file("d/" + name, name);
            if (n % 10 == 9)
                layer.file("d/.wh." + std::to_string(n - 1), "");
            must(driver->apply(id_of(first + n), layer.done()));
        }
        auto const top = id_of(first + 127);
        hash[i] = must(driver->tree_hash(top));
        diff[i] = must(driver->diff(top, id_of(first + 126)));
        whole[i++] = must(driver->export_tree(top));
    }
    BOOST_TEST(hash[0] == hash[1]);
    BOOST_TEST((diff[0] == diff[1]));
    BOOST_TEST((whole[0] == whole[1]));
}
