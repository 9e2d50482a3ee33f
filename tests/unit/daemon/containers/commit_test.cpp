// Commit as the containers' room has it: of any container, which stays there meanwhile.
#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/containers/engine.hpp"

using namespace staithe;
using namespace staithe::doubles;

namespace {

struct Fixture : Engine {
    Result<std::string> commit(std::string const& name = "web")
    {
        api::CommitRequest request;
        request.container = name, request.comment = "why";
        return service->commit("r", request);
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(any_container_can_be_committed, Fixture)
{
    api::ContainerConfig config;
    config.user = "u";
    auto const id = create("web", config);
    BOOST_TEST(commit().value() == std::string(64, 'd')); // never started
    start("web");
    BOOST_TEST(static_cast<bool>(commit(id.substr(0, 12))));
    end(id, 0);
    BOOST_TEST(static_cast<bool>(commit("/web")));
    BOOST_REQUIRE(images.committed.size() == 3u);
    for (auto const& [request, container] : images.committed) {
        BOOST_TEST(container.id == id);
        BOOST_TEST(container.image == std::string(64, 'f'));
        BOOST_TEST(container.config.user == "u");
        BOOST_TEST(request.comment == "why");
    }
    for (std::string const name : { "nope", "" }) {
        BOOST_TEST(commit(name).error().code == STAITHE_NOT_FOUND);
        BOOST_TEST(commit(name).error().message == "No such container: " + name);
    }
    BOOST_TEST(events().find("commit") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_container_is_not_removed_while_it_is_committed, Fixture)
{
    auto const id = create();
    std::string refused;
    images.during_commit = [&]() -> Result<std::string> {
        refused = service->remove("r", "web", false).error().message;
        start("web"); // which is nothing that a commit minds
        return Error { STAITHE_NO_SPACE, 0, "disk full" };
    };
    BOOST_TEST(commit().error().message == "disk full");
    BOOST_TEST(refused.find("Impossible to remove a container while an image is made of it") != std::string::npos);
    end(id, 0);
    BOOST_TEST(static_cast<bool>(service->remove("r", "web", false)));
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_a_power_cut_took_away_is_empty_again, Fixture)
{
    auto const id = create();
    catalog.storage_driver->layers.erase(id);
    images.during_commit = [&]() -> Result<std::string> {
        if (!catalog.storage_driver->layers.contains(id))
            return Error { STAITHE_NOT_FOUND, 0, "no layer" };
        return std::string(64, 'e');
    };
    BOOST_TEST(commit().value() == std::string(64, 'e'));
    BOOST_TEST(images.committed.size() == 2u);
    BOOST_TEST(catalog.storage_driver->layers.at(id) == "image-layer");
}

BOOST_FIXTURE_TEST_CASE(a_container_without_layer_and_image_is_no_unknown_one, Fixture)
{
    auto const id = create();
    catalog.storage_driver->layers.erase(id);
    catalog.storage_driver->fails = { { "create", "disk full" } };
    images.during_commit = [] { return Error { STAITHE_NOT_FOUND, 0, "no layer" }; };
    BOOST_TEST(commit().error().code == STAITHE_INTERNAL);
    BOOST_TEST(images.committed.size() == 1u);
}
