#include "daemon/layers/layers.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include "tests/doubles/drivers/fake_drivers.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;

namespace {

struct Fixture {
    doubles::TempDirectory directory;
    doubles::FakeCatalog catalog;
    os::Log log { ::open("/dev/null", O_WRONLY | O_CLOEXEC) };
    std::map<std::string, std::string>& held() { return catalog.storage_driver->layers; }
    std::unique_ptr<layers::Layers> open(std::vector<store::LayerRecord> const& known, std::string identity = "me")
    {
        return std::make_unique<layers::Layers>(
            layers::LayersOptions { "fake", directory.path, std::move(identity) }, catalog, log, known);
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(left_overs_go_at_first_use_and_only_then, Fixture)
{
    BOOST_REQUIRE(open({})->driver("fake")); // claims the empty driver
    held() = { { "known", "" }, { "left-over", "" } };
    auto const layers = open({ { "known", "", "fake", 0 } });
    BOOST_TEST(held().size() == 2u);
    int const before = catalog.storage_driver->lists;
    BOOST_REQUIRE(layers->driver("fake"));
    BOOST_TEST(held().size() == 1u);
    BOOST_TEST(held().contains("known"));
    BOOST_REQUIRE(layers->create({}, { "new", "", "fake", 0 }, drivers::Writable::Yes));
    BOOST_REQUIRE(layers->driver("fake"));
    BOOST_TEST(held().contains("new"));
    BOOST_TEST(catalog.storage_driver->lists == before + 1);
}

BOOST_FIXTURE_TEST_CASE(left_overs_go_with_their_children_first, Fixture)
{
    BOOST_REQUIRE(open({})->driver("fake"));
    held() = { { "a", "b" }, { "b", "d" }, { "c", "b" }, { "d", "" }, { "kept", "" } };
    BOOST_REQUIRE(open({ { "kept", "", "fake", 0 } })->driver("fake"));
    BOOST_TEST(held().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_parent_that_is_discarded_before_its_child_goes_with_it, Fixture)
{
    auto const layers = open({});
    BOOST_REQUIRE(layers->create({}, { "root", "", "fake", 0 }, drivers::Writable::No));
    BOOST_REQUIRE(layers->create({}, { "middle", "root", "fake", 0 }, drivers::Writable::No));
    BOOST_REQUIRE(layers->create({}, { "top", "middle", "fake", 0 }, drivers::Writable::No));
    layers->discard({}, "fake", "root");
    layers->discard({}, "fake", "middle");
    BOOST_TEST(held().size() == 3u);
    layers->discard({}, "fake", "top");
    BOOST_TEST(held().empty());
}

BOOST_FIXTURE_TEST_CASE(layers_of_another_database_are_left_alone, Fixture)
{
    BOOST_REQUIRE(open({})->driver("fake"));
    held() = { { "precious", "" } };
    BOOST_REQUIRE(open({}, "somebody else")->driver("fake"));
    BOOST_TEST(held().contains("precious"));
}

BOOST_FIXTURE_TEST_CASE(layers_that_were_never_claimed_are_left_alone, Fixture)
{
    held() = { { "precious", "" } };
    BOOST_REQUIRE(open({})->driver("fake"));
    BOOST_REQUIRE(open({})->driver("fake"));
    BOOST_TEST(held().contains("precious"));
}
