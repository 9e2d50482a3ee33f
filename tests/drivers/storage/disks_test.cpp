// SPDX-License-Identifier: Apache-2.0
//
// Real file systems, made in files: a full ext4, and blocks shared on btrfs.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>

#include "tests/drivers/storage/fixture.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

using namespace staithe;
using namespace staithe::test;
namespace data = boost::unit_test::data;

namespace {

bool run(std::string const& command)
{
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

/// A file system of that kind in a file, mounted; not there where the machine cannot make one.
class Disk {
public:
    Disk(std::string const& kind, std::string const& size)
        : m_path(scratch_root() + "/disk")
    {
        ::mkdir(m_path.c_str(), 0700);
        auto const image = scratch_root() + "/disk.img";
        if (!run("command -v mkfs." + kind))
            m_missing = "mkfs." + kind + " is not installed";
        else if (!run("rm -f " + image + " && truncate -s " + size + ' ' + image + " && mkfs." + kind + " -q " + image))
            m_missing = "mkfs." + kind + " failed";
        else if (!run("mount -o loop " + image + ' ' + m_path))
            m_missing = "no loop device or no file system '" + kind + "'";
    }
    ~Disk()
    {
        if (m_missing.empty())
            ::umount2(m_path.c_str(), 0);
    }
    std::string const& path() const { return m_path; }
    /// False, and the reason is printed.
    bool is_there() const
    {
        if (!m_missing.empty())
            BOOST_TEST_MESSAGE("skipped: " << m_missing);
        return m_missing.empty();
    }
    uint64_t free() const
    {
        struct statvfs found { };
        ::statvfs(m_path.c_str(), &found);
        return uint64_t { found.f_bfree } * found.f_frsize;
    }

private:
    std::string m_path, m_missing;
};

bool shares_blocks(int fd)
{
    alignas(fiemap) char space[sizeof(fiemap) + sizeof(fiemap_extent)] = {};
    auto& map = *reinterpret_cast<fiemap*>(space);
    map.fm_length = FIEMAP_MAX_OFFSET;
    map.fm_flags = FIEMAP_FLAG_SYNC;
    map.fm_extent_count = 1;
    return ::ioctl(fd, FS_IOC_FIEMAP, &map) == 0 && map.fm_mapped_extents == 1
        && map.fm_extents[0].fe_flags & FIEMAP_EXTENT_SHARED;
}

std::string noise(size_t size)
{
    std::string bytes(size, '\0');
    uint32_t state = 1;
    for (char& c : bytes)
        c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    return bytes;
}

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(ScratchRoot);

BOOST_DATA_TEST_CASE(ROOT_EXT4_a_full_disk, data::make({ "overlay", "vfs" }), name)
{
    Disk const disk("ext4", "24M");
    if (!disk.is_there())
        return;
    Driver d(name, disk.path() + "/d");
    must(d.create(id_of(1)));
    must(d.apply(id_of(1), TarBuilder().file("below", "b").done()));
    must(d.create(id_of(2), id_of(1)));
    auto const before = must(d.tree_hash(id_of(2)));
    auto const applied = d.apply(id_of(2), TarBuilder().file("big", noise(40 << 20)).done());
    BOOST_TEST_REQUIRE(!applied);
    BOOST_TEST(applied.error().code == STAITHE_NO_SPACE, applied.error().message);
    BOOST_TEST(must(d.tree_hash(id_of(2))) == before);
    d.close();
    d.open(); // what was left half-made is freed
    for (int i = 0; i < 500 && disk.free() < (16u << 20); ++i)
        ::usleep(10000);
    BOOST_TEST(disk.free() >= (16u << 20));
    must(d.apply(id_of(2), TarBuilder().file("small", "s").done()));
}

BOOST_AUTO_TEST_CASE(ROOT_BTRFS_vfs_shares_blocks)
{
    Disk const disk("btrfs", "256M");
    if (!disk.is_there())
        return;
    Driver d("vfs", disk.path() + "/d");
    must(d.create(id_of(1)));
    must(d.apply(id_of(1), TarBuilder().file("big", noise(32 << 20)).done()));
    run("sync -f " + disk.path());
    auto const before = disk.free();
    must(d.create(id_of(2), id_of(1), true));
    must(d.create(id_of(3), id_of(2), true));
    run("sync -f " + disk.path());
    BOOST_TEST(before - disk.free() < (8u << 20));
    auto const root = must(d.mount(id_of(3), true));
    UniqueFd const copy(::openat(root.get(), "big", O_RDWR | O_CLOEXEC));
    BOOST_TEST(shares_blocks(copy.get()));
    BOOST_TEST(must(d.tree_hash(id_of(3))) == must(d.tree_hash(id_of(1))));
    BOOST_TEST(::pwrite(copy.get(), "changed", 7, 0) == 7);
    BOOST_TEST(must(d.changes(id_of(3), id_of(2))) == "M /big\n");
    BOOST_TEST(must(d.changes(id_of(2), id_of(1))).empty());
}

BOOST_AUTO_TEST_CASE(ROOT_BTRFS_overlay)
{
    Disk const disk("btrfs", "256M");
    if (!disk.is_there())
        return;
    Driver d("overlay", disk.path() + "/d");
    must(d.create(id_of(1)));
    must(d.apply(id_of(1), TarBuilder().file("a", "a").done()));
    must(d.create(id_of(2), id_of(1)));
    must(d.apply(id_of(2), TarBuilder().file(".wh.a", "").file("b", "b").done()));
    BOOST_TEST(must(d.changes(id_of(2), id_of(1))) == "D /a\nA /b\n");
}
