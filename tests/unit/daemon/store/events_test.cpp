#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "daemon/store/store.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
using namespace staithe::store;

namespace {

struct Fixture {
    Fixture() { open(); }
    void open()
    {
        store.reset();
        contents = {};
        store = std::move(Store::open(directory.path, contents)).value();
    }
    /// Events first … last; the time is the cursor's.
    void add(uint64_t first, uint64_t last, uint64_t keep = 100'000)
    {
        std::vector<api::Event> events;
        for (uint64_t cursor = first; cursor <= last; ++cursor)
            events.push_back({ cursor, static_cast<int64_t>(cursor) * 10, "start", "0123456789ab", "box:latest" });
        BOOST_REQUIRE(store->add_events(events, keep));
    }
    std::vector<uint64_t> read(int64_t since_ns = 0, size_t most = SIZE_MAX)
    {
        std::vector<uint64_t> cursors;
        BOOST_REQUIRE(store->read_events(since_ns, [&](api::Event const& event) {
            cursors.push_back(event.cursor);
            return cursors.size() < most;
        }));
        return cursors;
    }
    doubles::TempDirectory directory;
    Contents contents;
    std::unique_ptr<Store> store;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_journal, Fixture)
{
    BOOST_TEST(store->last_event().value() == 0u);
    BOOST_TEST(read().empty());
    BOOST_REQUIRE(store->add_events({}, 10));
}

BOOST_FIXTURE_TEST_CASE(events_come_back_in_order_and_whole, Fixture)
{
    BOOST_REQUIRE(store->add_events({ { 1, 50, "create", "aaaaaaaaaaaa", "box:ü" }, { 2, 40, "untag", "b", "" } }, 10));
    open();
    BOOST_TEST(store->last_event().value() == 2u);
    std::vector<api::Event> found;
    BOOST_REQUIRE(store->read_events(0, [&](api::Event const& event) {
        found.push_back(event);
        return true;
    }));
    BOOST_REQUIRE(found.size() == 2u);
    BOOST_TEST(found[0].status == "create");
    BOOST_TEST(found[0].time_ns == 50);
    BOOST_TEST(found[0].id == "aaaaaaaaaaaa");
    BOOST_TEST(found[0].from == "box:ü");
    BOOST_TEST(found[1].cursor == 2u);
    BOOST_TEST(found[1].from.empty());
    BOOST_TEST(read(45).size() == 1u); // by its time, though a younger one is older by the clock
    BOOST_TEST(read(51).empty());
}

BOOST_FIXTURE_TEST_CASE(long_histories_are_read_in_parts_without_a_gap, Fixture)
{
    for (uint64_t first = 1; first <= 5000; first += 500)
        add(first, first + 499);
    auto const all = read();
    BOOST_REQUIRE(all.size() == 5000u);
    for (size_t i = 0; i < all.size(); ++i)
        BOOST_REQUIRE(all[i] == i + 1);
    BOOST_TEST(read(49'990).size() == 2u);
    BOOST_TEST(read(0, 3).size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(holes_of_any_size_are_no_end, Fixture)
{
    add(1, 3);
    add(5'000'000'000, 5'000'000'002, 10'000'000'000);
    BOOST_TEST(read().size() == 6u);
}

BOOST_FIXTURE_TEST_CASE(the_oldest_are_forgotten, Fixture)
{
    for (uint64_t cursor = 1; cursor <= 500; ++cursor)
        add(cursor, cursor, 160);
    auto const left = read();
    BOOST_TEST(left.size() >= 160u);
    BOOST_TEST(left.size() < 170u);
    BOOST_TEST(left.back() == 500u);
    add(501, 900, 160); // more at once than are kept
    BOOST_TEST(read().size() == 160u);
    BOOST_TEST(read().front() == 741u);
    open();
    BOOST_TEST(store->last_event().value() == 900u);
}

BOOST_FIXTURE_TEST_CASE(a_failed_batch_leaves_nothing, Fixture)
{
    add(1, 3);
    BOOST_TEST(!store->add_events({ { 4, 1, "a", "b", "" }, { 3, 1, "a", "b", "" } }, 10));
    BOOST_TEST(store->last_event().value() == 3u);
}

BOOST_FIXTURE_TEST_CASE(events_survive_damage_elsewhere, Fixture)
{
    add(1, 2000);
    BOOST_REQUIRE(store->set("k", "v")); // so that it is all in the file
    store.reset();
    auto const file = directory.path + "/state.db";
    auto const pages = static_cast<off_t>(std::filesystem::file_size(file) / 4096);
    {
        int const fd = ::open(file.c_str(), O_WRONLY); // the last page holds the youngest events
        std::string const rubbish(4096, '\xee');
        BOOST_REQUIRE(::pwrite(fd, rubbish.data(), rubbish.size(), (pages - 1) * 4096) == 4096);
        ::close(fd);
    }
    open();
    BOOST_TEST(!contents.damages.empty());
    BOOST_TEST(contents.settings["k"] == "v");
    BOOST_TEST(read().size() > 900u);
}
