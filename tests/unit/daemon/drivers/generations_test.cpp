#include "daemon/drivers/generations.hpp"

#include <thread>

#include "installation.hpp"

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

namespace {

struct Upgrade : Installation {
    Upgrade() { install("storage-double"); }
    /// As a package manager does it: a new file, renamed over the old one.
    void replace(std::string const& content)
    {
        write("new", content);
        std::filesystem::rename(path("new"), path("storage-double.so"));
    }
    size_t generations()
    {
        auto const text = log();
        size_t count = 0;
        for (size_t at = text.find("opened generation"); at != std::string::npos;
             at = text.find("opened generation", at + 1))
            ++count;
        return count;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(generations, Upgrade)

BOOST_AUTO_TEST_CASE(a_replaced_file_is_the_next_generation)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->list(soon()));
    BOOST_REQUIRE(driver->list(soon()));
    BOOST_CHECK_EQUAL(generations(), 1u);
    replace(read("storage-double.so"));
    BOOST_REQUIRE(driver->list(soon()));
    BOOST_CHECK_EQUAL(generations(), 2u);
    CHECK_CONTAINS(log(), "opened generation 2");
}

BOOST_AUTO_TEST_CASE(a_call_under_way_ends_on_its_own_generation)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->list(soon()));
    Call slow = soon();
    slow.cancel = std::make_shared<std::atomic<bool>>(false);
    std::string message;
    std::thread old([&] {
        auto const made = driver->create(slow, layer_a, "slow", Writable::No);
        message = made ? "made" : made.error().message;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    replace(read("storage-double.so"));
    BOOST_CHECK(driver->list(soon()));
    BOOST_CHECK_EQUAL(generations(), 2u);
    *slow.cancel = true;
    old.join();
    BOOST_CHECK_EQUAL(message, "the request was cancelled");
    BOOST_CHECK(driver->list(soon()));
    BOOST_CHECK_EQUAL(generations(), 2u);
}

BOOST_AUTO_TEST_CASE(a_broken_upgrade_leaves_the_old_generation_serving)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->list(soon()));
    replace("this is no image");
    BOOST_CHECK(driver->list(soon()));
    BOOST_CHECK(driver->list(soon()));
    CHECK_CONTAINS(log(), "keeping the previous generation");
    BOOST_CHECK_EQUAL(generations(), 1u);
}

BOOST_AUTO_TEST_CASE(an_uninstalled_driver_serves_on)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->list(soon()));
    std::filesystem::remove(path("storage-double.so"));
    BOOST_CHECK(driver->list(soon()));
    BOOST_CHECK_EQUAL(generations(), 1u);
}

BOOST_AUTO_TEST_CASE(many_first_callers_start_one_process)
{
    auto const driver = storage();
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 12; ++i)
        threads.emplace_back([&] { good += driver->list(soon()) ? 1 : 0; });
    for (auto& thread : threads)
        thread.join();
    BOOST_CHECK_EQUAL(good, 12);
    BOOST_CHECK_EQUAL(generations(), 1u);
}

BOOST_AUTO_TEST_SUITE_END()
