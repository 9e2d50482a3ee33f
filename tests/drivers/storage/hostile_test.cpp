// SPDX-License-Identifier: Apache-2.0
//
// Every hostile archive, on top of nothing and on top of a layer, on every driver: nothing outside changes, no program
// runs, memory stays bounded.
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include "tests/drivers/storage/harness.hpp"
#include "tests/drivers/storage/hostile_archives.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

using namespace staithe;
using namespace staithe::test;

namespace {

/// What an archive would like to change.
std::string fingerprint(std::string const& path)
{
    struct stat s { };
    if (::lstat(path.c_str(), &s) != 0)
        return "gone";
    std::ostringstream out;
    out << s.st_ino << ' ' << s.st_mode << ' ' << s.st_uid << ' ' << s.st_gid << ' ' << s.st_nlink << ' '
        << s.st_mtim.tv_sec << ' ' << s.st_mtim.tv_nsec << ' ' << s.st_ctim.tv_sec << ' ' << s.st_ctim.tv_nsec << ' ';
    return out.str() + (S_ISREG(s.st_mode) ? slurp(path) : "");
}

struct Outside {
    Outside()
        : directory(scratch_root() + "/victim")
        , canary(scratch_root() + "/bin")
        , ran(scratch_root() + "/ran")
    {
        ::mkdir(directory.c_str(), 0755);
        std::ofstream(directory + "/file") << "precious";
        ::mkdir(canary.c_str(), 0755);
        for (char const* program : { "lrzip", "grzip", "gzip", "xz", "bzip2", "zstd", "lz4", "sh" }) {
            std::ofstream(canary + '/' + program) << "#!/bin/sh\ntouch " << ran << '\n';
            ::chmod((canary + '/' + program).c_str(), 0755);
        }
        ::setenv("PATH", canary.c_str(), 1);
    }
    std::string state() const
    {
        return fingerprint(directory) + fingerprint(directory + "/file") + fingerprint("/etc/passwd");
    }
    std::string directory, canary, ran;
};

void attack(Driver& driver, HostileArchive const& archive, unsigned id, std::string const& parent)
{
    BOOST_TEST_CONTEXT(archive.name << (parent.empty() ? "" : " on a layer"))
    {
        BOOST_TEST_REQUIRE(static_cast<bool>(driver.create(id_of(id), parent)));
        auto const before = driver.tree_hash(id_of(id));
        auto const applied = driver.apply(id_of(id), archive.bytes);
        if (archive.must_fail)
            BOOST_TEST(!applied);
        if (!applied) {
            BOOST_TEST(applied.error().message.find("signal") == std::string::npos, applied.error().message);
            BOOST_TEST(driver.tree_hash(id_of(id)).value() == before.value());
        }
        BOOST_TEST(static_cast<bool>(driver.remove(id_of(id))));
    }
}

void attack_all(std::string const& name)
{
    Outside const outside;
    Driver driver(name, scratch_root() + "/" + name);
    auto const archives = hostile_archives(outside.directory);
    BOOST_TEST(archives.size() >= 90u);
    auto const base = TarBuilder().dir("etc/").file("etc/passwd", "image").dir("d/").file("d/x").done();
    BOOST_TEST_REQUIRE(static_cast<bool>(driver.create(id_of(1))));
    BOOST_TEST_REQUIRE(static_cast<bool>(driver.apply(id_of(1), base)));
    auto const state = outside.state();
    auto const base_hash = driver.tree_hash(id_of(1)).value();
    unsigned id = 2;
    for (auto const& archive : archives) {
        attack(driver, archive, id++, {});
        attack(driver, archive, id++, id_of(1));
        BOOST_TEST(outside.state() == state, archive.name);
    }
    BOOST_TEST(driver.tree_hash(id_of(1)).value() == base_hash);
    BOOST_TEST(::access(outside.ran.c_str(), F_OK) == -1);
}

} // namespace

struct Teardown {
    ~Teardown() { remove_scratch_root(); }
};
BOOST_TEST_GLOBAL_FIXTURE(Teardown);

BOOST_AUTO_TEST_CASE(ROOT_hostile_archives_stay_inside_overlay)
{
    attack_all("overlay");
}

BOOST_AUTO_TEST_CASE(ROOT_hostile_archives_stay_inside_vfs)
{
    attack_all("vfs");
}

BOOST_AUTO_TEST_CASE(ROOT_unpackers_memory_is_bounded)
{
    // The largest child of all the cases before this one; its pages shared with this process count too.
    rusage own {}, children {};
    ::getrusage(RUSAGE_SELF, &own);
    ::getrusage(RUSAGE_CHILDREN, &children);
    constexpr long bound_kib = 64 << 10;
    BOOST_TEST(children.ru_maxrss <= own.ru_maxrss + bound_kib);
}
