// Digests of layers: recorded soon after an image was made, compared when somebody asks.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "tests/unit/daemon/images/room.hpp"

using namespace staithe;
using namespace staithe::images;

namespace {

struct Verifying : Room {
    Verifying()
    {
        root = imported("the root image");
        storage().layers[container] = root;
        storage().contents[container] = "what the container changed";
        child = library->commit("r", { "", "app", "1", "", "", {} }, { container, root, {} }).value();
    }
    std::vector<api::ImageCheck> verify(std::string_view name = "")
    {
        auto checks = library->verify("r", name, told);
        BOOST_REQUIRE(checks);
        return std::move(checks).value();
    }
    /// "" when all is good.
    std::string problem(std::string_view name)
    {
        auto const checks = verify(name);
        BOOST_REQUIRE(checks.size() == 1u);
        BOOST_TEST(checks[0].good == checks[0].problem.empty());
        return checks[0].problem;
    }
    /// "layer with tree hash, layer without" …
    size_t recorded()
    {
        store::Contents contents;
        auto const other = store::Store::open(directory.path, contents);
        BOOST_REQUIRE(other);
        return static_cast<size_t>(std::count_if(contents.layers.begin(), contents.layers.end(),
            [](auto const& layer) { return !layer.tree_hash.empty() && layer.diff_digest.starts_with("sha256:"); }));
    }
    std::string const container = id_of("c0");
    std::string root, child;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(what_was_not_recorded_yet_is_recorded_when_asked, Verifying)
{
    BOOST_TEST(recorded() == 0u);
    BOOST_TEST(problem("app:1") == "");
    BOOST_TEST(recorded() == 2u); // its parent too
    open();
    BOOST_TEST(problem("app:1") == "");
    BOOST_TEST(told.statuses.back() == "Verifying app:1");
    BOOST_TEST(verify().size() == 2u);
    BOOST_TEST(verify("box").at(0).tags.at(0) == "box:latest");
    BOOST_TEST(verify("box").at(0).id == root);
    BOOST_TEST(library->verify("r", "nope", told).error().message == "No such image: nope");
}

BOOST_FIXTURE_TEST_CASE(every_layer_is_read_once_however_many_images_have_it, Verifying)
{
    (void)verify();
    int const before = storage().hashes;
    BOOST_TEST(verify().size() == 2u);
    BOOST_TEST(storage().hashes == before + 2);
}

BOOST_FIXTURE_TEST_CASE(what_a_stopped_daemon_has_not_come_to_waits_until_images_are_used, Verifying)
{
    digest_delay = std::chrono::milliseconds(0);
    open();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    BOOST_TEST(storage().hashes == 0);
    (void)library->pin("box");
    auto const until = os::Deadline::after(std::chrono::seconds(20));
    while (recorded() < 2 && !until.passed())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    BOOST_TEST(recorded() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_is_not_what_it_was_is_named, Verifying)
{
    (void)verify();
    storage().contents[root] += "!";
    auto const what = problem("app:1");
    BOOST_TEST(what.find("layer '" + root + "': its tree hash is sha256:") == 0u, what);
    BOOST_TEST(what.find("; its difference's digest is sha256:") != what.npos, what);
    for (auto const& check : verify())
        BOOST_TEST(!check.good); // the child lies on it
    storage().contents[root].pop_back();
    storage().contents[child] = "";
    BOOST_TEST(problem("box") == "");
    BOOST_TEST(problem("app:1").find("layer '" + child + "'") == 0u);
    open();
    BOOST_TEST(problem("app:1").find("layer '" + child + "'") == 0u); // a restart does not record what is wrong
}

BOOST_FIXTURE_TEST_CASE(a_layer_without_bytes_is_a_problem, Verifying)
{
    storage().layers.erase(root);
    BOOST_TEST(problem("app:1") == "layer '" + root + "': it is missing: no layer"); // though nothing was recorded
    BOOST_TEST(recorded() == 0u); // what lies on it says nothing any more
}

BOOST_FIXTURE_TEST_CASE(what_the_driver_cannot_tell_is_a_problem, Verifying)
{
    for (auto const* function : { "diff", "tree_hash" }) {
        storage().fails = { { function, "out of order" } };
        BOOST_TEST(problem("box") == "layer '" + root + "': it cannot be read: out of order");
        storage().fails.clear();
    }
    BOOST_TEST(recorded() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_layer_without_a_row_is_a_problem, Verifying)
{
    {
        auto database = std::move(store::Database::open(directory.path + "/state.db")).value();
        BOOST_REQUIRE(database->transaction(store::Durability::Durable, [&](Poco::Data::Session& session) {
            session << "DELETE FROM layers WHERE id = '" + root + "'", Poco::Data::Keywords::now;
        }));
    }
    open();
    BOOST_TEST(problem("app:1") == "layer '" + root + "': the store does not know it");
}

BOOST_FIXTURE_TEST_CASE(digests_that_cannot_be_stored_are_still_compared, Verifying)
{
    drop_table("layers");
    BOOST_TEST(problem("box") == "");
    storage().contents[root] += "!";
    BOOST_TEST(problem("box") != "");
}

BOOST_FIXTURE_TEST_CASE(who_goes_away_stops_it, Verifying)
{
    told.gone = true;
    BOOST_TEST(library->verify("r", "", told).error().code == STAITHE_CANCELLED);
    BOOST_TEST(storage().hashes == 0);
}

BOOST_FIXTURE_TEST_CASE(digests_come_in_the_background, Verifying)
{
    digest_delay = std::chrono::milliseconds(0);
    open();
    (void)imported("one more image", "more"); // those of earlier days are taken along
    auto const until = os::Deadline::after(std::chrono::seconds(20));
    while (recorded() < 3 && !until.passed())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    BOOST_TEST(recorded() == 3u);
    int const before = storage().hashes;
    (void)imported("and another image", "another");
    while (recorded() < 4 && !until.passed())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    BOOST_TEST(storage().hashes == before + 1);
}

BOOST_FIXTURE_TEST_CASE(an_image_that_goes_before_its_digests_come_takes_nobody_along, Verifying)
{
    digest_delay = std::chrono::milliseconds(0);
    open();
    storage().during_diff = [this, done = false]() mutable {
        if (!std::exchange(done, true))
            (void)library->remove("r", "app:1");
    };
    (void)imported("one more image", "more");
    auto const until = os::Deadline::after(std::chrono::seconds(20));
    while (recorded() < 2 && !until.passed())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    BOOST_TEST(recorded() == 2u);
    BOOST_TEST(library->count() == 2u);
}
