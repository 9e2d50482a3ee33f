#include "daemon/events/journal.hpp"

#include <boost/test/unit_test.hpp>

#include <Poco/Data/Session.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/os/clock.hpp"
#include "daemon/store/database.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
using namespace std::chrono_literals;
using events::Journal;

namespace {

/// Collects; can be made to hang in the middle of a call.
struct Receiver {
    api::EventService::Receiver function()
    {
        return [this](api::Event const& event) {
            std::unique_lock lock(mutex);
            ++inside;
            changed.notify_all();
            changed.wait(lock, [&] { return open; });
            events.push_back(event);
            --inside;
            changed.notify_all();
        };
    }
    bool await(size_t count)
    {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 20s, [&] { return events.size() >= count; });
    }
    bool await_inside()
    {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 20s, [&] { return inside > 0; });
    }
    void set_open(bool to)
    {
        std::lock_guard lock(mutex);
        open = to;
        changed.notify_all();
    }
    size_t count()
    {
        std::lock_guard lock(mutex);
        return events.size();
    }
    /// Are these first, first + 1, … last and nothing else?
    bool has(uint64_t first, uint64_t last)
    {
        std::lock_guard lock(mutex);
        if (events.size() != last - first + 1)
            return false;
        for (auto const& event : events)
            if (event.cursor != first++)
                return false;
        return true;
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<api::Event> events;
    int inside = 0;
    bool open = true;
};

struct Fixture {
    Fixture() { start(); }
    void start()
    {
        journal.reset();
        store.reset();
        store::Contents contents;
        store = std::move(store::Store::open(directory.path, contents)).value();
        journal = std::move(Journal::create(*store, log)).value();
    }
    void record(int count)
    {
        for (int n = 0; n < count; ++n)
            journal->record("start", "0123456789abcdef", "box:latest");
    }
    std::unique_ptr<api::EventService::Subscription> follow(int64_t since_s, Receiver& receiver)
    {
        auto followed = journal->follow(since_s, receiver.function());
        BOOST_REQUIRE(followed);
        return std::move(followed).value();
    }
    void statement(std::string const& text) const
    {
        auto database = std::move(store::Database::open(directory.path + "/state.db")).value();
        BOOST_REQUIRE(database->transaction(store::Durability::Lazy,
            [&](Poco::Data::Session& session) { session << text, Poco::Data::Keywords::now; }));
    }
    doubles::TempDirectory directory;
    os::Log log { ::dup(1) };
    std::unique_ptr<store::Store> store;
    std::unique_ptr<Journal> journal;
};

int64_t now_s()
{
    return os::real_time_ns() / 1'000'000'000;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(live_events_arrive_whole, Fixture)
{
    record(2); // before: nobody asked for it
    Receiver receiver;
    auto const before = os::real_time_ns();
    auto const subscription = follow(0, receiver);
    BOOST_TEST(journal->followers() == 1u);
    journal->record("untag", "0123456789abcdef0123", "");
    BOOST_REQUIRE(receiver.await(1));
    auto const& event = receiver.events.at(0);
    BOOST_TEST(event.cursor == 3u);
    BOOST_TEST(event.status == "untag");
    BOOST_TEST(event.id == "0123456789ab");
    BOOST_TEST(event.from.empty());
    BOOST_TEST((event.time_ns >= before && event.time_ns <= os::real_time_ns()));
}

BOOST_FIXTURE_TEST_CASE(history_is_told_before_follow_returns, Fixture)
{
    record(3);
    std::this_thread::sleep_for(5 * Journal::delay); // these are in the store
    record(2); // these hardly
    Receiver receiver;
    auto const subscription = follow(1, receiver);
    BOOST_TEST(receiver.has(1, 5));
    record(1);
    BOOST_REQUIRE(receiver.await(6));
    BOOST_TEST(receiver.has(1, 6));
}

BOOST_FIXTURE_TEST_CASE(since_is_a_time, Fixture)
{
    record(3);
    auto const begin = now_s();
    Receiver all, none;
    auto const from_now = follow(begin, all);
    auto const from_later = follow(begin + 100, none);
    auto const from_never = follow(std::numeric_limits<int64_t>::max(), none);
    auto const from_before = follow(-5, none);
    BOOST_TEST(all.events.size() <= 3u);
    BOOST_TEST(none.events.empty());
    record(1); // whatever happens from now on is told, whenever that is
    BOOST_REQUIRE(none.await(3));
}

BOOST_FIXTURE_TEST_CASE(the_cursor_goes_on_after_a_restart, Fixture)
{
    record(5);
    start();
    record(2);
    start();
    Receiver receiver;
    auto const subscription = follow(1, receiver);
    BOOST_TEST(receiver.has(1, 7));
    record(1);
    BOOST_REQUIRE(receiver.await(8));
    BOOST_TEST(receiver.has(1, 8));
}

BOOST_FIXTURE_TEST_CASE(no_gap_and_no_repetition_between_history_and_live, Fixture)
{
    std::atomic<bool> stop = false;
    std::vector<std::thread> recorders;
    for (int n = 0; n < 3; ++n)
        recorders.emplace_back([&] {
            while (!stop) {
                record(7);
                std::this_thread::sleep_for(1ms);
            }
        });
    // Beyond the history the oldest are forgotten, which would be a gap.
    size_t recorded = 0;
    for (int round = 0; round < 60 && recorded < Journal::history / 2; ++round) {
        Receiver receiver;
        auto subscription = follow(1, receiver);
        BOOST_TEST(receiver.await(receiver.count() + 20));
        subscription.reset();
        recorded = receiver.count();
        BOOST_REQUIRE(receiver.has(1, recorded));
    }
    stop = true;
    for (auto& recorder : recorders)
        recorder.join();
}

BOOST_FIXTURE_TEST_CASE(many_followers_come_and_go, Fixture)
{
    std::atomic<bool> stop = false, refused = false;
    Receiver steady;
    auto const subscription = follow(0, steady);
    std::vector<std::thread> others;
    for (int n = 0; n < 4; ++n)
        others.emplace_back([&, n] {
            while (!stop) {
                Receiver receiver;
                auto const mine = journal->follow(n % 2, receiver.function());
                refused = refused || !mine; // assertions are the main thread's alone
                std::this_thread::sleep_for(1ms);
            }
        });
    for (int n = 0; n < 300; ++n) {
        record(10);
        std::this_thread::sleep_for(200us);
    }
    stop = true;
    for (auto& other : others)
        other.join();
    BOOST_TEST(!refused);
    BOOST_REQUIRE(steady.await(3000));
    BOOST_TEST(steady.has(1, 3000));
    BOOST_TEST(journal->followers() == 1u);
}

BOOST_FIXTURE_TEST_CASE(leaving_waits_for_a_call_under_way, Fixture)
{
    Receiver receiver;
    receiver.set_open(false);
    auto subscription = follow(0, receiver);
    record(3);
    BOOST_REQUIRE(receiver.await_inside());
    std::atomic<bool> left = false;
    std::thread leaver([&] {
        subscription.reset();
        left = true;
    });
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(!left);
    receiver.set_open(true);
    leaver.join();
    BOOST_TEST(receiver.events.size() == 1u); // the call under way, and none after it
    BOOST_TEST(journal->followers() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_receiver_that_hangs_holds_up_no_recorder_and_fills_no_memory, Fixture)
{
    Receiver hanging, late;
    hanging.set_open(false);
    auto const subscription = follow(0, hanging);
    auto const begin = os::monotonic_ns();
    record(static_cast<int>(Journal::history) + 5000);
    BOOST_TEST((os::monotonic_ns() - begin) < 20'000'000'000);
    hanging.set_open(true);
    BOOST_REQUIRE(hanging.await(Journal::history));
    std::lock_guard lock(hanging.mutex);
    for (size_t i = 1; i < hanging.events.size(); ++i) // it missed the oldest, but has an order still
        BOOST_REQUIRE(hanging.events[i].cursor > hanging.events[i - 1].cursor);
}

BOOST_FIXTURE_TEST_CASE(the_journal_is_bounded, Fixture)
{
    record(static_cast<int>(Journal::history) + 10'000);
    start();
    size_t count = 0;
    uint64_t first = 0;
    BOOST_REQUIRE(store->read_events(0, [&](api::Event const& event) {
        first = first == 0 ? event.cursor : first;
        ++count;
        return true;
    }));
    BOOST_TEST(count >= Journal::history);
    BOOST_TEST(count <= Journal::history + Journal::history / 16);
    BOOST_TEST(first + count - 1 == Journal::history + 10'000);
}

BOOST_FIXTURE_TEST_CASE(a_store_that_fails_for_a_while_loses_nothing, Fixture)
{
    record(2);
    std::this_thread::sleep_for(5 * Journal::delay);
    statement("ALTER TABLE events RENAME TO hidden");
    Receiver live, past;
    auto const subscription = follow(0, live);
    record(3);
    BOOST_REQUIRE(live.await(3)); // followers do not care
    BOOST_TEST(!journal->follow(1, past.function())); // there is no past to tell
    BOOST_TEST(journal->followers() == 1u);
    statement("ALTER TABLE hidden RENAME TO events");
    auto const again = follow(1, past);
    BOOST_TEST(past.has(1, 5)); // from the store and from memory
    std::this_thread::sleep_for(1500ms);
    BOOST_TEST(store->last_event().value() == 5u);
}

BOOST_AUTO_TEST_CASE(a_kill_loses_no_more_than_the_last_moment)
{
    doubles::TempDirectory const directory;
    int pipe[2];
    BOOST_REQUIRE(::pipe(pipe) == 0);
    pid_t const child = ::fork();
    if (child == 0) {
        os::Log log;
        store::Contents contents;
        auto store = std::move(store::Store::open(directory.path, contents)).value();
        auto journal = std::move(Journal::create(*store, log)).value();
        for (int n = 0; n < 100; ++n)
            journal->record("start", "0123456789ab", "");
        std::this_thread::sleep_for(10 * Journal::delay);
        (void)!::write(pipe[1], "x", 1);
        for (;;)
            journal->record("die", "0123456789ab", "");
    }
    char byte = 0;
    BOOST_REQUIRE(::read(pipe[0], &byte, 1) == 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]), ::close(pipe[1]);
    store::Contents contents;
    auto const store = std::move(store::Store::open(directory.path, contents)).value();
    BOOST_TEST(contents.damages.empty());
    BOOST_TEST(store->last_event().value() >= 100u);
    uint64_t next = 1;
    BOOST_REQUIRE(store->read_events(0, [&](api::Event const& event) { return event.cursor == next++; }));
    BOOST_TEST(next == store->last_event().value() + 1);
}
