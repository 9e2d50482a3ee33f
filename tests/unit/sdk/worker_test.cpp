#include <staithe/cpp/worker.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include <boost/test/unit_test.hpp>

using staithe::Worker;

namespace {

template <class F> void wait_until(F const& happened)
{
    for (int i = 0; i < 10'000 && !happened(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    BOOST_REQUIRE(happened());
}

} // namespace

BOOST_AUTO_TEST_SUITE(worker)

BOOST_AUTO_TEST_CASE(works_after_every_wake_and_never_twice_at_a_time)
{
    std::atomic<int> queued = 0, done = 0, inside = 0;
    Worker worker([&] {
        BOOST_CHECK_EQUAL(++inside, 1);
        while (queued > 0) {
            --queued;
            ++done;
        }
        --inside;
    });
    std::vector<std::thread> askers;
    for (int i = 0; i < 4; ++i)
        askers.emplace_back([&] {
            for (int n = 0; n < 1000; ++n) {
                ++queued;
                if (!worker.wake())
                    BOOST_ERROR("no thread");
            }
        });
    for (auto& asker : askers)
        asker.join();
    wait_until([&] { return done == 4000; });
}

BOOST_AUTO_TEST_CASE(its_thread_ends_after_a_rest_and_comes_back)
{
    std::mutex mutex;
    std::vector<std::weak_ptr<int>> lives; // of thread-local values: gone with their threads
    auto const living = [&] {
        std::lock_guard lock(mutex);
        return std::count_if(lives.begin(), lives.end(), [](auto const& life) { return !life.expired(); });
    };
    Worker worker([&] {
        thread_local std::shared_ptr<int> const life = std::make_shared<int>(0);
        std::lock_guard lock(mutex);
        lives.push_back(life);
    });
    for (int i = 1; i <= 3; ++i) {
        BOOST_REQUIRE(worker.wake());
        wait_until([&] { return living() == 1; });
        wait_until([&] { return living() == 0; });
        std::lock_guard lock(mutex);
        BOOST_CHECK_EQUAL(lives.size(), size_t(i));
    }
}

BOOST_AUTO_TEST_CASE(stop_waits_for_work_under_way_and_begins_none)
{
    std::atomic<bool> begun = false, told = false;
    std::atomic<int> rounds = 0;
    Worker* self = nullptr;
    Worker worker([&] {
        begun = true;
        ++rounds;
        while (!self->stopping())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        told = true;
    });
    self = &worker;
    BOOST_REQUIRE(worker.wake());
    wait_until([&] { return begun.load(); });
    BOOST_REQUIRE(worker.wake());
    worker.stop();
    BOOST_CHECK(told);
    BOOST_REQUIRE(worker.wake());
    worker.stop();
    BOOST_CHECK_EQUAL(rounds, 1);
}

BOOST_AUTO_TEST_SUITE_END()
