// SPDX-License-Identifier: Apache-2.0
//
// What every storage driver must do, asked of each of them.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <atomic>
#include <thread>

#include "tests/drivers/storage/fixture.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

using namespace staithe;
using namespace staithe::test;
namespace data = boost::unit_test::data;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(ScratchRoot);

std::string base_tar()
{
    return TarBuilder()
        .dir("./")
        .dir("etc/")
        .file("etc/passwd", "root:x:0:0\n")
        .file("etc/hosts", "localhost\n")
        .dir("usr/")
        .dir("usr/lib/")
        .file("usr/lib/a", "library a")
        .file("usr/lib/b", "library b")
        .hardlink("usr/lib/b2", "usr/lib/b")
        .dir("run/")
        .dir("var/")
        .symlink("var/run", "/run")
        .add({ "usr/su", '0', "su", {}, 04755 })
        .done();
}

void make_base(Driver& driver)
{
    must(driver.create(id_of(1)));
    must(driver.apply(id_of(1), base_tar()));
}

/// Changes a container by a script; its diff applied to a new layer must give the same tree.
void check_round_trip(Driver& driver, std::string const& script)
{
    make_base(driver);
    must(driver.create(id_of(2), id_of(1), true));
    {
        Attached const at(driver, id_of(2));
        BOOST_TEST_REQUIRE(at.run(script));
    }
    auto const tar = must(driver.diff(id_of(2), id_of(1)));
    must(driver.create(id_of(3), id_of(1)));
    must(driver.apply(id_of(3), tar));
    BOOST_TEST(must(driver.tree_hash(id_of(2))) == must(driver.tree_hash(id_of(3))));
    BOOST_TEST((must(driver.diff(id_of(3), id_of(1))) == tar));
    BOOST_TEST(must(driver.changes(id_of(3), id_of(1))) == must(driver.changes(id_of(2), id_of(1))));
}

std::pair<std::string, std::string> const scripts[] = {
    { "nothing", "true" },
    { "new_file", "echo hello > new; mkdir -p a/b/c; echo x > a/b/c/d" },
    { "chown", "chown 12:34 etc/passwd; chmod 600 etc/hosts" },
    { "chown_directory", "chown 12:34 usr; chmod 700 usr/lib" },
    { "append", "echo more >> etc/passwd" },
    { "same_size_same_time",
        "touch -r etc/hosts /tmp/.staithe-ref; echo LOCALHOST > etc/hosts; touch -r /tmp/.staithe-ref etc/hosts; rm "
        "/tmp/.staithe-ref" },
    { "remove_file", "rm etc/passwd" },
    { "remove_directory", "rm -r usr/lib" },
    { "replace_directory", "rm -r usr/lib; mkdir usr/lib; echo n > usr/lib/new" },
    { "directory_to_file", "rm -r usr/lib; echo n > usr/lib" },
    { "file_to_directory", "rm etc/passwd; mkdir etc/passwd; echo n > etc/passwd/x" },
    { "link_to_directory", "rm var/run; mkdir var/run; echo n > var/run/x" },
    { "hard_link", "ln usr/lib/a usr/lib/a2; ln usr/lib/a a3" },
    { "new_hard_links", "echo x > l1; ln l1 l2; mkdir d; ln l1 d/l3" },
    { "rename_lower_file", "mv usr/lib/a usr/moved" },
    { "rename_lower_directory", "mv usr/lib usr/lib.new" },
    { "rename_and_replace", "mv usr old; mkdir usr; cp -a old/su usr/" },
    { "symlinks", "ln -s /etc/passwd l; ln -s nowhere dangling" },
    { "devices", "mknod null c 1 3; mkfifo fifo; mknod disk b 7 200" },
    { "setuid", "cp usr/su su2; chmod 6755 su2; chmod u-s usr/su" },
    { "sparse",
        "truncate -s 10M hole; echo end >> hole; dd if=/dev/urandom of=hole bs=4096 seek=100 count=3 conv=notrunc "
        "2>/dev/null" },
    { "odd_names", "touch -- 'new\nline' \"$(printf 'b\\377d')\" ' space ' '-dash' '*'" },
    { "long_names", "n=$(printf %0200d 1); mkdir -p $n/$n; echo x > $n/$n/$n; ln -s $n/$n/$n link" },
    { "order", "mkdir a; touch a.b a/b a-b; mkdir 'a b'" },
    { "big_file", "dd if=/dev/urandom of=big bs=1M count=5 2>/dev/null" },
    { "nanoseconds", "touch -d '1969-12-31 23:59:58.123456789 UTC' old; touch -d '2040-01-01 00:00:00.5 UTC' late" },
    { "huge_ids", "touch x; chown 3000000000:4000000000 x" },
    { "empty_directory_again", "rm -r usr/lib; mkdir usr/lib" },
    { "acl", "touch f; setfattr -n user.colour -v blue f || true" },
};

} // namespace

namespace std {
ostream& operator<<(ostream& out, pair<string, string> const& script)
{
    return out << script.first;
}
} // namespace std

BOOST_DATA_TEST_CASE(ROOT_diff_then_apply_is_identity, data::make(drivers) * data::make(scripts), name, script)
{
    Fixture f(name);
    check_round_trip(f.driver, script.second);
}

BOOST_DATA_TEST_CASE(ROOT_create_list_and_remove, data::make(drivers), name)
{
    Fixture f(name);
    auto& d = f.driver;
    must(d.create(id_of(1)));
    must(d.create(id_of(2), id_of(1), true));
    BOOST_TEST((d.create(id_of(2), id_of(1)).error().code == STAITHE_EXISTS));
    BOOST_TEST((d.create(id_of(3), id_of(9)).error().code == STAITHE_NOT_FOUND));
    BOOST_TEST((d.list() == std::map<std::string, std::string> { { id_of(1), "" }, { id_of(2), id_of(1) } }));
    d.close();
    d.open();
    BOOST_TEST(d.list().size() == 2u);
    BOOST_TEST((d.remove(id_of(1)).error().code == STAITHE_CONFLICT));
    must(d.remove(id_of(2)));
    must(d.remove(id_of(2)));
    must(d.remove(id_of(1)));
    BOOST_TEST(d.list().empty());
    must(d.create(id_of(1)));
}

BOOST_DATA_TEST_CASE(ROOT_bad_ids_build_no_path, data::make(drivers), name)
{
    Fixture f(name);
    std::string const good = id_of(1);
    for (std::string const& id : { std::string("../../etc"), std::string("a/b"), std::string("."), std::string(),
             good.substr(1), good + "0", std::string(64, 'A'), good + "-", good + "-A", good + "/x", good + "-x/..",
             std::string(63, '0') + '\0', good + ":" }) {
        BOOST_TEST((f.driver.create(id).error().code == STAITHE_INVALID));
        BOOST_TEST((f.driver.mount(id, false).error().code == STAITHE_INVALID));
        BOOST_TEST((f.driver.remove(id).error().code == STAITHE_INVALID));
        BOOST_TEST((f.driver.tree_hash(id).error().code == STAITHE_INVALID));
    }
    must(f.driver.create(good + "-init"));
}

BOOST_DATA_TEST_CASE(ROOT_changes_are_told, data::make(drivers), name)
{
    Fixture f(name);
    make_base(f.driver);
    must(f.driver.create(id_of(2), id_of(1), true));
    {
        Attached const at(f.driver, id_of(2));
        BOOST_TEST_REQUIRE(at.run("echo x > var/x; rm etc/passwd; chmod 600 usr/lib/a"));
    }
    BOOST_TEST(must(f.driver.changes(id_of(2), id_of(1))) == "M /etc\nD /etc/passwd\nM /usr/lib/a\nM /var\nA /var/x\n");
}

BOOST_DATA_TEST_CASE(ROOT_a_layer_that_is_written_to_can_be_read, data::make(drivers), name)
{
    Fixture f(name);
    make_base(f.driver);
    must(f.driver.create(id_of(2), id_of(1), true));
    Attached const at(f.driver, id_of(2));
    BOOST_TEST_REQUIRE(at.run("for i in $(seq 300); do echo still > still-$i; done; echo first > replaced"));
    std::jthread const program([&](std::stop_token const& stop) { // what comes and goes, and one that is always there
        while (!stop.stop_requested())
            (void)at.run("for i in 1 2 3 4 5 6 7 8; do mkdir -p come/$i; echo x > come/$i/f; ln -s f come/$i/l; "
                         "echo new > .new; mv .new replaced; rm -r come/$i; mkfifo still-$i.p; rm still-$i.p; done");
    });
    for (int round = 0; round < 40; ++round) {
        auto const archive = must(f.driver.diff(id_of(2), id_of(1)));
        must(f.driver.create(id_of(3), id_of(1)));
        must(f.driver.apply(id_of(3), archive));
        std::string const told = must(f.driver.changes(id_of(3), id_of(1)));
        BOOST_TEST(told.find("A /replaced\n") != told.npos);
        BOOST_TEST(told.find("A /still-300\n") != told.npos);
        must(f.driver.remove(id_of(3)));
    }
}

BOOST_DATA_TEST_CASE(ROOT_usage_counts_hard_links_once, data::make(drivers), name)
{
    Fixture f(name);
    make_base(f.driver);
    BOOST_TEST(must(f.driver.usage(id_of(1))) == 11u + 10u + 9u + 9u + 2u);
    must(f.driver.create(id_of(2), id_of(1)));
    BOOST_TEST(must(f.driver.usage(id_of(2))) == 0u);
    BOOST_TEST(must(f.driver.apply(id_of(2), TarBuilder().file("new", "12345").done())) == 5u);
    BOOST_TEST(must(f.driver.usage(id_of(2))) == 5u);
}

BOOST_DATA_TEST_CASE(ROOT_mounts_are_detached, data::make(drivers), name)
{
    Fixture f(name);
    make_base(f.driver);
    must(f.driver.create(id_of(2), id_of(1), true));
    auto const before = slurp("/proc/1/mountinfo"), own = slurp("/proc/self/mountinfo");
    auto const writable = must(f.driver.mount(id_of(2), true));
    auto const image = must(f.driver.mount(id_of(1), false));
    BOOST_TEST((slurp("/proc/1/mountinfo") == before));
    BOOST_TEST((slurp("/proc/self/mountinfo") == own));
    BOOST_TEST(::mkdirat(writable.get(), "new", 0755) == 0);
    BOOST_TEST(::mkdirat(image.get(), "new", 0755) == -1);
    BOOST_TEST(errno == EROFS);
}

BOOST_DATA_TEST_CASE(ROOT_128_layers_deep, data::make(drivers), name)
{
    Fixture f(name);
    make_base(f.driver);
    for (unsigned i = 2; i <= 129; ++i) {
        must(f.driver.create(id_of(i), id_of(i - 1)));
        must(f.driver.apply(
            id_of(i), TarBuilder().file("layer" + std::to_string(i)).file("top", std::to_string(i)).done()));
    }
    must(f.driver.create(id_of(200), id_of(129), true));
    auto const own = slurp("/proc/self/mountinfo");
    auto const root = must(f.driver.mount(id_of(200), true));
    BOOST_TEST((slurp("/proc/self/mountinfo") == own));
    BOOST_TEST(::faccessat(root.get(), "layer2", F_OK, 0) == 0);
    BOOST_TEST(::faccessat(root.get(), "layer129", F_OK, 0) == 0);
    BOOST_TEST(::mkdirat(root.get(), "new", 0755) == 0);
}

BOOST_DATA_TEST_CASE(ROOT_a_cut_source_leaves_the_layer_as_it_was, data::make(drivers), name)
{
    Fixture f(name);
    make_base(f.driver);
    must(f.driver.create(id_of(2), id_of(1)));
    auto const before = must(f.driver.tree_hash(id_of(2)));
    std::string const tar = TarBuilder().file("x", std::string(20000, 'x')).file(".wh.etc", "").file("y").done();
    for (size_t cut = 0; cut < tar.size(); cut += 100) {
        StringSource source(tar, cut);
        BOOST_TEST(!f.driver.apply(id_of(2), source));
    }
    BOOST_TEST(must(f.driver.tree_hash(id_of(2))) == before);
    must(f.driver.apply(id_of(2), tar));
    BOOST_TEST(must(f.driver.tree_hash(id_of(2))) != before);
}

BOOST_DATA_TEST_CASE(ROOT_a_source_with_a_descriptor, data::make(drivers), name)
{
    Fixture f(name);
    auto const path = scratch_root() + "/source.tar";
    std::ofstream(path) << base_tar();
    must(f.driver.create(id_of(1)));
    must(f.driver.create(id_of(2)));
    UniqueFd const fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), again(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    StringSource whole(""), cut("", 0);
    must(f.driver.apply(id_of(1), whole, fd.get()));
    BOOST_TEST(!f.driver.apply(id_of(2), cut, again.get()));
    must(f.driver.create(id_of(3)));
    must(f.driver.apply(id_of(3), base_tar()));
    BOOST_TEST(must(f.driver.tree_hash(id_of(1))) == must(f.driver.tree_hash(id_of(3))));
}

BOOST_DATA_TEST_CASE(ROOT_cancel, data::make(drivers), name)
{
    Fixture f(name);
    must(f.driver.create(id_of(1)));
    static int polls;
    polls = 0;
    f.driver.cancel_calls([](staithe_call const*) { return ++polls > 3; });
    struct Endless final : Source {
        Result<size_t> read(void* into, size_t capacity) override
        {
            auto const block = TarBuilder().file("x").unfinished();
            std::memcpy(into, block.data(), std::min(capacity, block.size()));
            return std::min(capacity, block.size());
        }
    } endless;
    BOOST_TEST((f.driver.apply(id_of(1), endless).error().code == STAITHE_CANCELLED));
    f.driver.cancel_calls(nullptr);
    must(f.driver.apply(id_of(1), base_tar()));
}

/// Never ready, never at its end: a pipe that somebody holds open.
struct Silence final : Source {
    Silence()
    {
        int ends[2];
        BOOST_TEST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        read_end.reset(ends[0]);
        write_end.reset(ends[1]);
    }
    Result<size_t> read(void* into, size_t capacity) override
    {
        auto const n = ::read(read_end.get(), into, capacity);
        return n < 0 ? Result<size_t>(errno_error("read")) : static_cast<size_t>(n);
    }
    UniqueFd read_end, write_end;
};

int64_t monotonic_ns()
{
    timespec now {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t { now.tv_sec } * 1'000'000'000 + now.tv_nsec;
}

BOOST_DATA_TEST_CASE(ROOT_a_deadline_ends_a_silent_source, data::make(drivers), name)
{
    Fixture f(name);
    must(f.driver.create(id_of(1)));
    Silence source;
    f.driver.limit_calls(-1, monotonic_ns() + 300'000'000);
    auto const applied = f.driver.apply(id_of(1), source, source.read_end.get());
    BOOST_TEST_REQUIRE(!applied);
    BOOST_TEST((applied.error().code == STAITHE_CANCELLED));
    f.driver.limit_calls(-1, 0);
    must(f.driver.apply(id_of(1), base_tar()));
}

BOOST_DATA_TEST_CASE(ROOT_the_cancel_descriptor_ends_a_silent_source, data::make(drivers), name)
{
    Fixture f(name);
    must(f.driver.create(id_of(1)));
    Silence source, cancel;
    f.driver.limit_calls(cancel.read_end.get(), 0);
    std::thread canceller([&] {
        ::usleep(100'000);
        (void)!::write(cancel.write_end.get(), "x", 1);
    });
    auto const applied = f.driver.apply(id_of(1), source, source.read_end.get());
    canceller.join();
    BOOST_TEST_REQUIRE(!applied);
    BOOST_TEST((applied.error().code == STAITHE_CANCELLED));
}

void check_all_are_cancelled(Driver& d)
{
    BOOST_TEST((d.diff(id_of(2), id_of(1)).error().code == STAITHE_CANCELLED));
    BOOST_TEST((d.changes(id_of(2), id_of(1)).error().code == STAITHE_CANCELLED));
    BOOST_TEST((d.export_tree(id_of(2)).error().code == STAITHE_CANCELLED));
    BOOST_TEST((d.tree_hash(id_of(2)).error().code == STAITHE_CANCELLED));
    BOOST_TEST((d.usage(id_of(2)).error().code == STAITHE_CANCELLED));
}

BOOST_DATA_TEST_CASE(ROOT_every_long_call_heeds_descriptor_and_deadline, data::make(drivers), name)
{
    Fixture f(name);
    make_base(f.driver);
    must(f.driver.create(id_of(2), id_of(1)));
    must(f.driver.apply(id_of(2), TarBuilder().file("x").done()));
    Silence cancel;
    BOOST_TEST_REQUIRE(::write(cancel.write_end.get(), "x", 1) == 1);
    f.driver.limit_calls(cancel.read_end.get(), 0);
    check_all_are_cancelled(f.driver);
    f.driver.limit_calls(-1, 1);
    check_all_are_cancelled(f.driver);
    f.driver.limit_calls(-1, monotonic_ns() + 600'000'000'000);
    must(f.driver.tree_hash(id_of(2)));
}

void check_conflict(Driver& d, unsigned id)
{
    auto const before = must(d.tree_hash(id_of(id)));
    BOOST_TEST((d.apply(id_of(id), TarBuilder().file("again").done()).error().code == STAITHE_CONFLICT));
    BOOST_TEST(must(d.tree_hash(id_of(id))) == before);
}

BOOST_DATA_TEST_CASE(ROOT_only_a_fresh_layer_is_unpacked_into, data::make(drivers), name)
{
    Fixture f(name);
    auto& d = f.driver;
    make_base(d);
    auto const again = TarBuilder().file("again").done(), nothing = TarBuilder().done();
    check_conflict(d, 1);
    must(d.create(id_of(2), id_of(1)));
    must(d.apply(id_of(2), nothing));
    check_conflict(d, 2);
    must(d.create(id_of(3), id_of(1), true));
    must(d.mount(id_of(3), true));
    check_conflict(d, 3);
    must(d.create(id_of(4), id_of(1)));
    must(d.tree_hash(id_of(4)));
    must(d.mount(id_of(4), false));
    BOOST_TEST(!d.apply(id_of(4), "rubbish, but long enough to be looked at"));
    d.close();
    d.open();
    must(d.apply(id_of(4), again));
    check_conflict(d, 4);
}

BOOST_DATA_TEST_CASE(ROOT_links_upwards_resolve_while_others_mount, data::make(drivers), name)
{
    // openat2 with RESOLVE_IN_ROOT answers EAGAIN where a link has ".." and somebody mounts or renames something.
    Fixture f(name);
    std::atomic<bool> stop = false;
    std::thread mounter([&] {
        while (!stop)
            UniqueFd const mount(::open_tree(AT_FDCWD, scratch_root().c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    });
    TarBuilder tar;
    tar.dir("a/").dir("a/b/").dir("c/").symlink("a/b/up", "../../c");
    for (int i = 0; i < 20000; ++i) // from one directory to another, so that each is resolved anew
        tar.file((i % 2 ? "a/b/up/" : "a/") + std::to_string(i), "");
    must(f.driver.create(id_of(1)));
    auto const applied = f.driver.apply(id_of(1), tar.done());
    stop = true;
    mounter.join();
    must(applied);
}

BOOST_DATA_TEST_CASE(ROOT_a_full_disk, data::make(drivers), name)
{
    auto const small = scratch_root() + "/small." + name;
    ::mkdir(small.c_str(), 0700);
    BOOST_TEST_REQUIRE(::mount("small", small.c_str(), "tmpfs", 0, "size=4m") == 0);
    {
        Driver d(name, small + "/d");
        make_base(d);
        must(d.create(id_of(2), id_of(1)));
        auto const before = must(d.tree_hash(id_of(2)));
        auto const applied = d.apply(id_of(2), TarBuilder().file("big", std::string(8 << 20, 'b')).done());
        BOOST_TEST_REQUIRE(!applied);
        BOOST_TEST(applied.error().code == STAITHE_NO_SPACE);
        BOOST_TEST(must(d.tree_hash(id_of(2))) == before);
    }
    ::umount2(small.c_str(), MNT_DETACH);
    ::rmdir(small.c_str());
}

BOOST_DATA_TEST_CASE(ROOT_deep_trees_can_be_removed, data::make(drivers), name)
{
    Fixture f(name);
    must(f.driver.create(id_of(1), {}, true));
    {
        auto const root = must(f.driver.mount(id_of(1), true));
        UniqueFd at(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY));
        for (int i = 0; i < 2500; ++i) {
            ::mkdirat(at.get(), "d", 0000);
            at.reset(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY));
        }
        BOOST_TEST_REQUIRE(static_cast<bool>(at));
    }
    auto const hash = must(f.driver.tree_hash(id_of(1)));
    auto const tar = must(f.driver.export_tree(id_of(1)));
    must(f.driver.create(id_of(2)));
    must(f.driver.apply(id_of(2), tar));
    BOOST_TEST(must(f.driver.tree_hash(id_of(2))) == hash);
    must(f.driver.remove(id_of(1)));
    f.driver.close();
    BOOST_TEST(std::system(("rm -rf " + f.state + "/state/trash").c_str()) == 0);
    f.driver.open();
    BOOST_TEST(f.driver.list().size() == 1u);
}

BOOST_DATA_TEST_CASE(ROOT_trash_of_an_earlier_life_is_freed, data::make(drivers), name)
{
    Fixture f(name);
    f.driver.close();
    auto const trash = f.state + "/state/trash/old", staged = f.state + "/state/staging/half";
    ::mkdir(trash.c_str(), 0);
    ::mkdir(staged.c_str(), 0);
    f.driver.open();
    for (int i = 0; i < 500 && (::access(trash.c_str(), F_OK) == 0 || ::access(staged.c_str(), F_OK) == 0); ++i)
        ::usleep(10000);
    BOOST_TEST(::access(trash.c_str(), F_OK) == -1);
    BOOST_TEST(::access(staged.c_str(), F_OK) == -1);
}

BOOST_AUTO_TEST_CASE(ROOT_equal_layers_are_equal_on_every_driver)
{
    Fixture overlay("overlay"), vfs("vfs");
    std::string const layer = TarBuilder()
                                  .file("etc/.wh.passwd", "")
                                  .file("usr/lib/.wh..wh..opq", "")
                                  .file("usr/lib/c", "c")
                                  .file("var/run/pid", "1")
                                  .hardlink("usr/hosts", "/etc/hosts")
                                  .done();
    std::string hash[2], diff[2], tree[2];
    int i = 0;
    for (auto* f : { &overlay, &vfs }) {
        make_base(f->driver);
        must(f->driver.create(id_of(2), id_of(1)));
        must(f->driver.apply(id_of(2), layer));
        hash[i] = must(f->driver.tree_hash(id_of(2)));
        diff[i] = must(f->driver.diff(id_of(2), id_of(1)));
        tree[i++] = must(f->driver.export_tree(id_of(2)));
    }
    BOOST_TEST(hash[0] == hash[1]);
    BOOST_TEST((diff[0] == diff[1]));
    BOOST_TEST((tree[0] == tree[1]));
}
