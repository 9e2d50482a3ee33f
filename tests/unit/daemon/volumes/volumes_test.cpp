#include "daemon/volumes/volumes.hpp"

#include <boost/test/unit_test.hpp>

#include <Poco/Data/Session.h>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "daemon/os/clock.hpp"
#include "daemon/store/database.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
namespace fs = std::filesystem;

namespace {

std::string id_of(char digit)
{
    return std::string(64, digit);
}

mode_t mode_of(std::string const& path)
{
    struct stat st { };
    BOOST_REQUIRE(::stat(path.c_str(), &st) == 0);
    return st.st_mode & 07777u;
}

size_t entries(std::string const& directory)
{
    return static_cast<size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

struct Fixture {
    Fixture() { start(); }
    /// A new daemon over what is there.
    void start()
    {
        volumes.reset();
        store.reset();
        store::Contents contents;
        store = std::move(store::Store::open(state.path, contents)).value();
        auto made = volumes::Volumes::create(directory, *store, contents.volumes, log);
        BOOST_TEST_INFO((made ? "" : made.error().message));
        BOOST_REQUIRE(made);
        volumes = std::move(made).value();
    }
    std::vector<std::string> make(size_t count)
    {
        auto ids = volumes->make(count);
        BOOST_REQUIRE(ids);
        return std::move(ids).value();
    }
    void await_entries(size_t count) const
    {
        auto const deadline = os::Deadline::after(std::chrono::seconds(20));
        while (entries(directory) != count && !deadline.passed())
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        BOOST_TEST(entries(directory) == count);
    }
    doubles::TempDirectory state;
    std::string const directory = state.path + "/deep/volumes";
    os::Log log { ::dup(1) };
    std::unique_ptr<store::Store> store;
    std::unique_ptr<volumes::Volumes> volumes;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(volumes_are_made_empty_private_and_apart, Fixture)
{
    ::umask(077); // what root's umask is does not matter
    auto const ids = make(3);
    ::umask(022);
    BOOST_REQUIRE(ids.size() == 3u);
    BOOST_TEST(ids[0] != ids[1]);
    BOOST_TEST(mode_of(directory) == 0700u);
    BOOST_TEST(mode_of(directory + "/" + ids[0]) == 0700u);
    BOOST_TEST(mode_of(volumes->path_of(ids[0])) == 0755u);
    BOOST_TEST(entries(volumes->path_of(ids[0])) == 0u);
    auto const fd = volumes->open(ids[1]);
    BOOST_REQUIRE(fd);
    struct stat by_fd {
    }, by_path {};
    BOOST_REQUIRE(::fstatat(fd.value().get(), "data", &by_fd, 0) == 0);
    BOOST_REQUIRE(::stat(volumes->path_of(ids[1]).c_str(), &by_path) == 0);
    BOOST_TEST(by_fd.st_ino == by_path.st_ino);
    BOOST_TEST(volumes->make(0).value().empty());
}

BOOST_FIXTURE_TEST_CASE(a_path_tells_a_volume_from_a_bind, Fixture)
{
    auto const id = make(1)[0];
    BOOST_TEST(volumes->id_of(volumes->path_of(id)) == id);
    for (auto const& other : { std::string("/"), std::string(), directory, directory + "/" + id,
             volumes->path_of(id) + "/", volumes->path_of(id) + "/x", volumes->path_of(id_of('0')),
             directory + "x" + id + "/data", "/" + std::string(directory.size() - 1, 'x') + "/" + id + "/data" })
        BOOST_TEST(volumes->id_of(other).empty(), other);
    BOOST_REQUIRE(volumes->remove({ id }));
    BOOST_TEST(volumes->id_of(volumes->path_of(id)).empty());
}

BOOST_FIXTURE_TEST_CASE(only_what_is_known_is_opened, Fixture)
{
    for (auto const& id : { std::string(), std::string(".."), std::string("../.."), id_of('1') }) {
        auto const opened = volumes->open(id);
        BOOST_REQUIRE(!opened);
        BOOST_TEST(opened.error().code == STAITHE_NOT_FOUND);
    }
}

BOOST_FIXTURE_TEST_CASE(volumes_live_on_after_a_restart, Fixture)
{
    auto const ids = make(2);
    std::ofstream(volumes->path_of(ids[0]) + "/f") << "kept";
    start();
    BOOST_TEST(fs::file_size(volumes->path_of(ids[0]) + "/f") == 4u);
    BOOST_TEST(volumes->id_of(volumes->path_of(ids[1])) == ids[1]);
    BOOST_REQUIRE(volumes->open(ids[1]));
    BOOST_TEST(entries(directory) == 2u);
}

BOOST_FIXTURE_TEST_CASE(removal_takes_bytes_and_row_and_never_follows_links, Fixture)
{
    auto const ids = make(2);
    doubles::TempDirectory const outside;
    std::ofstream(outside.path + "/precious") << "x";
    auto const data = volumes->path_of(ids[0]);
    fs::create_directories(data + "/a/b/c");
    std::ofstream(data + "/a/b/c/file") << "x";
    fs::create_symlink(outside.path, data + "/a/away");
    fs::create_symlink("../../..", data + "/up");
    BOOST_REQUIRE(volumes->remove({ ids[0], id_of('0'), "../x", "" }));
    BOOST_TEST(!fs::exists(directory + "/" + ids[0])); // out of the way at once
    await_entries(1);
    BOOST_TEST(fs::exists(outside.path + "/precious"));
    BOOST_REQUIRE(volumes->remove({ ids[0] }));
    start();
    BOOST_TEST(!volumes->open(ids[0]));
    BOOST_REQUIRE(volumes->open(ids[1]));
}

BOOST_FIXTURE_TEST_CASE(a_big_volume_does_not_hold_up_remove_nor_the_end, Fixture)
{
    auto const id = make(1)[0];
    for (int directory_number = 0; directory_number < 20; ++directory_number) {
        auto const path = volumes->path_of(id) + "/" + std::to_string(directory_number);
        fs::create_directory(path);
        for (int file = 0; file < 500; ++file)
            std::ofstream(path + "/" + std::to_string(file)) << "";
    }
    BOOST_REQUIRE(volumes->remove({ id }));
    start(); // stops in the middle and continues
    await_entries(0);
}

BOOST_FIXTURE_TEST_CASE(what_a_cut_left_is_swept_and_nothing_else, Fixture)
{
    auto const id = make(1)[0];
    fs::create_directories(directory + "/" + id_of('1') + "/data/x"); // of a make without a row
    fs::create_directories(directory + "/.removed-" + id_of('2') + "/data"); // of a remove
    fs::create_directory(directory + "/lost+found");
    start();
    await_entries(2);
    BOOST_TEST(fs::exists(directory + "/lost+found"));
    BOOST_REQUIRE(volumes->open(id));
}

BOOST_FIXTURE_TEST_CASE(a_row_without_a_directory_is_an_error_of_its_own, Fixture)
{
    auto const ids = make(2);
    fs::remove_all(directory + "/" + ids[0]);
    start(); // goes on with the others
    BOOST_TEST(!volumes->open(ids[0]));
    BOOST_REQUIRE(volumes->open(ids[1]));
    BOOST_REQUIRE(volumes->remove({ ids[0] }));
}

BOOST_FIXTURE_TEST_CASE(the_volumes_of_another_database_are_left_alone, Fixture)
{
    auto const id = make(1)[0];
    volumes.reset();
    store.reset();
    for (auto const* name : { "state.db", "state.db-wal", "state.db-shm" })
        fs::remove(state.path + "/" + name);
    start();
    BOOST_TEST(fs::exists(directory + "/" + id));
    BOOST_TEST(!volumes->open(id));
}

BOOST_FIXTURE_TEST_CASE(a_store_that_fails_leaves_all_or_nothing, Fixture)
{
    auto const id = make(1)[0];
    auto database = std::move(store::Database::open(state.path + "/state.db")).value();
    auto const statement = [&](std::string const& text) {
        BOOST_REQUIRE(database->transaction(store::Durability::Durable,
            [&](Poco::Data::Session& session) { session << text, Poco::Data::Keywords::now; }));
    };
    statement("ALTER TABLE volumes RENAME TO hidden");
    BOOST_TEST(!volumes->make(3));
    await_entries(1);
    BOOST_TEST(!volumes->remove({ id }));
    BOOST_REQUIRE(volumes->open(id)); // still there and known
    statement("ALTER TABLE hidden RENAME TO volumes");
    BOOST_REQUIRE(volumes->remove({ id }));
    await_entries(0);
}

BOOST_AUTO_TEST_CASE(a_kill_at_any_moment_leaves_rows_and_directories_that_agree)
{
    doubles::TempDirectory const state;
    auto const directory = state.path + "/volumes";
    os::Log log { ::dup(1) };
    for (int round = 0; round < 20; ++round) {
        pid_t const child = ::fork();
        if (child == 0) {
            store::Contents contents;
            auto store = store::Store::open(state.path, contents);
            auto volumes = volumes::Volumes::create(directory, *store.value(), contents.volumes, log);
            for (std::vector<std::string> last;;) {
                auto made = volumes.value()->make(2);
                (void)volumes.value()->remove(last);
                last = std::move(made).value();
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5 + round));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        store::Contents contents;
        auto store = std::move(store::Store::open(state.path, contents)).value();
        auto volumes = std::move(volumes::Volumes::create(directory, *store, contents.volumes, log)).value();
        BOOST_TEST(contents.volumes.size() <= 4u * static_cast<size_t>(round + 1));
        for (auto const& record : contents.volumes) {
            BOOST_REQUIRE(volumes->open(record.id));
            BOOST_TEST(fs::is_directory(volumes->path_of(record.id)));
        }
        auto const deadline = os::Deadline::after(std::chrono::seconds(20));
        while (entries(directory) != contents.volumes.size() && !deadline.passed())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        BOOST_TEST(entries(directory) == contents.volumes.size());
    }
}
