#include "installation.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <thread>

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

namespace {

struct Double : Installation {
    Double() { install("storage-double"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(storage_face, Double)

BOOST_AUTO_TEST_CASE(carries_every_function_there_and_back)
{
    auto const driver = storage();
    BOOST_CHECK_EQUAL(driver->name(), "double");
    BOOST_REQUIRE(driver->create(soon(), layer_a, "", Writable::No));
    BOOST_REQUIRE(driver->create(soon(), layer_b + "-init", layer_a, Writable::Yes));
    auto listed = driver->list(soon());
    BOOST_REQUIRE(listed);
    std::sort(listed.value().begin(), listed.value().end());
    BOOST_CHECK((listed.value() == std::vector<std::string> { layer_a, layer_b + "-init" }));

    std::string content(3'000'000, 'x');
    for (size_t i = 0; i < content.size(); i += 7)
        content[i] = static_cast<char>(i);
    TextSource source(content);
    auto const applied = driver->apply(soon(), layer_a, source);
    BOOST_REQUIRE(applied);
    BOOST_CHECK_EQUAL(applied.value(), content.size());
    auto const usage = driver->usage(soon(), layer_a);
    BOOST_REQUIRE(usage);
    BOOST_CHECK_EQUAL(usage.value(), content.size());
    TextSink diff, exported;
    BOOST_REQUIRE(driver->diff(soon(), layer_a, "", diff));
    BOOST_CHECK(diff.text == content);
    UniqueFd const top(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    BOOST_REQUIRE(driver->pack(soon(), top.get(), "/etc", "x/etc", exported));
    BOOST_CHECK_EQUAL(exported.text, "/etc x/etc directory");
    BOOST_REQUIRE(!driver->pack(soon(), -1, "/etc", "etc", exported));
    auto const hash = driver->tree_hash(soon(), layer_a);
    BOOST_REQUIRE(hash);
    BOOST_CHECK_EQUAL(hash.value(), "sha256:" + layer_a);

    BOOST_REQUIRE(driver->remove(soon(), layer_a));
    BOOST_REQUIRE(driver->remove(soon(), layer_b + "-init"));
    BOOST_CHECK(driver->list(soon()).value().empty());
    CHECK_CONTAINS(log(), "opened generation 1");
}

BOOST_AUTO_TEST_CASE(passes_the_drivers_own_errors_on)
{
    auto const driver = storage();
    auto const made = driver->create(soon(), layer_a, layer_b, Writable::No);
    BOOST_REQUIRE(!made);
    BOOST_CHECK_EQUAL(made.error().code, STAITHE_NOT_FOUND);
    BOOST_CHECK_EQUAL(made.error().message, "storage driver 'double': no such layer '" + layer_b + "'");
    BOOST_REQUIRE(driver->create(soon(), layer_a, "", Writable::No));
    auto const again = driver->create(soon(), layer_a, "", Writable::No);
    BOOST_REQUIRE(!again);
    BOOST_CHECK_EQUAL(again.error().code, STAITHE_EXISTS);
    BOOST_CHECK_EQUAL(again.error().sys_errno, EEXIST);
}

BOOST_AUTO_TEST_CASE(gives_long_lists_in_parts)
{
    auto const driver = storage();
    auto const changes = driver->changes(soon(), std::string(64, 'f'), "");
    BOOST_REQUIRE(changes);
    BOOST_REQUIRE_EQUAL(changes.value().size(), 200'001u);
    BOOST_CHECK_EQUAL(changes.value().back().path, "/directory/with/a/rather/long/name/199999");
    BOOST_CHECK_EQUAL(changes.value().back().kind, static_cast<uint32_t>(STAITHE_ADDED));
}

bool is_root(boost::unit_test::test_unit_id)
{
    return ::geteuid() == 0;
}

BOOST_AUTO_TEST_CASE(ROOT_gives_a_detached_mount, *boost::unit_test::precondition(is_root))
{
    auto const driver = storage();
    std::ostringstream before, after;
    before << std::ifstream("/proc/self/mountinfo").rdbuf();
    BOOST_REQUIRE(driver->create(soon(), layer_a, "", Writable::No));
    auto const mounted = driver->mount(soon(), layer_a, Writable::No);
    BOOST_REQUIRE(mounted);
    BOOST_CHECK(::fcntl(mounted.value().get(), F_GETFD) & FD_CLOEXEC);
    struct stat s { };
    BOOST_CHECK(::fstat(mounted.value().get(), &s) == 0 && S_ISDIR(s.st_mode));
    after << std::ifstream("/proc/self/mountinfo").rdbuf();
    BOOST_CHECK_EQUAL(before.str(), after.str());
}

BOOST_AUTO_TEST_CASE(a_cut_source_never_makes_a_layer)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->create(soon(), layer_a, "", Writable::No));
    for (size_t const size : { 0u, 1u, 4096u, 300'000u, 2'000'000u }) {
        TextSource source(std::string(size, 'x'), true);
        auto const applied = driver->apply(soon(), layer_a, source);
        BOOST_REQUIRE(!applied);
        BOOST_CHECK_EQUAL(applied.error().message, "unexpected EOF");
        BOOST_CHECK_EQUAL(driver->usage(soon(), layer_a).value(), 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_sink_that_fails_stops_the_driver)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->create(soon(), std::string(64, 'e'), "", Writable::No));
    TextSink sink(5'000'000);
    auto const written = driver->diff(soon(), std::string(64, 'e'), "", sink);
    BOOST_REQUIRE(!written);
    BOOST_CHECK_EQUAL(written.error().message, "the sink is full");
    BOOST_CHECK(driver->list(soon()));
    BOOST_CHECK_EQUAL(log(), "storage driver 'double': opened generation 1\n");
}

BOOST_AUTO_TEST_CASE(cancelling_and_deadlines_reach_a_willing_driver)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->list(soon()));
    auto const late = driver->create(within(std::chrono::milliseconds(200)), layer_a, "slow", Writable::No);
    BOOST_REQUIRE(!late);
    CHECK_CONTAINS(late.error().message, "did not answer create() within");

    Call call = soon();
    call.cancel = std::make_shared<std::atomic<bool>>(false);
    std::thread canceller([flag = call.cancel] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        *flag = true;
    });
    auto const cancelled = driver->create(call, layer_a, "slow", Writable::No);
    canceller.join();
    BOOST_REQUIRE(!cancelled);
    BOOST_CHECK_EQUAL(cancelled.error().code, STAITHE_CANCELLED);
    // Nobody was killed for it.
    BOOST_CHECK(driver->list(soon()));
    BOOST_CHECK_EQUAL(log(), "storage driver 'double': opened generation 1\n");
}

BOOST_AUTO_TEST_CASE(serves_many_calls_side_by_side)
{
    auto const driver = storage();
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 40; ++i)
        threads.emplace_back([&, i] {
            std::string id = layer_a;
            id[0] = static_cast<char>('0' + i % 10);
            id[1] = static_cast<char>('0' + i / 10);
            std::string const content(100'000, static_cast<char>(i));
            TextSource source(content);
            TextSink sink;
            if (driver->create(soon(), id, "", Writable::No) && driver->apply(soon(), id, source)
                && driver->diff(soon(), id, "", sink) && sink.text == content)
                ++good;
        });
    for (auto& thread : threads)
        thread.join();
    BOOST_CHECK_EQUAL(good, 40);
}

BOOST_AUTO_TEST_CASE(a_deadline_that_has_passed_is_not_even_asked)
{
    auto const driver = storage();
    BOOST_REQUIRE(driver->list(soon()));
    auto const made = driver->create(within(std::chrono::nanoseconds(-1)), layer_a, "", Writable::No);
    BOOST_REQUIRE(!made);
    BOOST_CHECK_EQUAL(made.error().code, STAITHE_CANCELLED);
    BOOST_CHECK(driver->list(soon()).value().empty());
}

BOOST_AUTO_TEST_SUITE_END()
