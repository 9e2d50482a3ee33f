// Images made of a container's changes, and what is left of those that were not.
#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/images/room.hpp"

using namespace staithe;
using namespace staithe::images;

namespace {

struct Committing : Room {
    Committing()
    {
        base = imported("the base image");
        BOOST_REQUIRE(layers->create({}, { container, base, "fake", 0 }, drivers::Writable::Yes));
        storage().contents[container] = std::string(700'000, 'c');
        before = held();
        changes.layer = container, changes.image = base;
        changes.config.hostname = "web";
    }
    Result<std::string> commit(std::string repository = "", std::string tag = "")
    {
        api::CommitRequest request;
        request.repository = std::move(repository), request.tag = std::move(tag);
        request.author = "me", request.comment = "why";
        request.config = config;
        return library->commit("r", request, changes);
    }
    /// Nothing of a commit that failed with this message is left, now and after a restart.
    void nothing_remains(Result<std::string> const& made, std::string const& message)
    {
        BOOST_REQUIRE(!made);
        BOOST_TEST(made.error().message.find(message) != std::string::npos, made.error().message);
        BOOST_TEST(held() == before);
        BOOST_TEST(library->count() == 1u);
    }
    std::string const container = id_of("c0");
    std::string base;
    size_t before = 0;
    Library::Changes changes;
    std::optional<api::ContainerConfig> config;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_commit_is_a_child_with_both_configurations, Committing)
{
    config.emplace().user = "u";
    auto const id = commit("new", "1");
    BOOST_REQUIRE(id);
    open();
    auto const image = library->inspect("new:1");
    BOOST_REQUIRE(image);
    BOOST_TEST(image.value().id == id.value());
    BOOST_TEST(image.value().parent == base);
    BOOST_TEST(image.value().container == container);
    BOOST_TEST(image.value().author == "me");
    BOOST_TEST(image.value().comment == "why");
    BOOST_TEST(image.value().architecture == "x86_64");
    BOOST_TEST(image.value().container_config.hostname == "web");
    BOOST_REQUIRE(image.value().config);
    BOOST_TEST(image.value().config->user == "u");
    BOOST_TEST(image.value().config->hostname == ""); // not inherited
    BOOST_TEST(image.value().size == 700'000);
    BOOST_TEST(storage().layers.at(id.value()) == base);
    BOOST_TEST(storage().contents.at(id.value()) == storage().contents.at(container));
}

BOOST_FIXTURE_TEST_CASE(no_configuration_is_an_empty_one_and_no_repository_no_tag, Committing)
{
    auto const id = commit();
    BOOST_REQUIRE(id);
    BOOST_TEST(static_cast<bool>(library->inspect(id.value()).value().config));
    BOOST_TEST(library->history(id.value()).value().at(0).tags.empty());
    auto const again = commit("box"); // which the base had
    BOOST_REQUIRE(again);
    BOOST_TEST(library->inspect("box:latest").value().id == again.value());
}

BOOST_FIXTURE_TEST_CASE(bad_names_are_refused_before_any_work, Committing)
{
    nothing_remains(commit("new", "a/b"), "Illegal tag name: a/b");
    nothing_remains(commit(":x"), "Repository name can't be empty");
    changes.image = id_of("9");
    nothing_remains(commit(), "No such image: " + id_of("9"));
}

BOOST_FIXTURE_TEST_CASE(whatever_the_driver_fails_at_leaves_nothing, Committing)
{
    for (std::string const function : { "create", "apply", "diff" }) {
        BOOST_TEST_INFO(function);
        storage().fails = { { function, function + " is out of order" } };
        nothing_remains(commit("new"), function + " is out of order");
        storage().fails.clear();
    }
    storage().layers.erase(container);
    --before;
    auto const gone = commit("new");
    nothing_remains(gone, "no layer");
    BOOST_TEST(gone.error().code == STAITHE_NOT_FOUND);
}

BOOST_FIXTURE_TEST_CASE(whatever_the_store_fails_at_leaves_nothing, Committing)
{
    for (std::string const table : { "tags", "images" }) {
        drop_table(table);
        nothing_remains(commit("new"), "no such table: " + table);
        BOOST_TEST(!library->inspect("new"));
    }
    BOOST_TEST(library->inspect("box").value().id == base);
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_cannot_be_removed_at_once_is_swept_later, Committing)
{
    storage().fails = { { "apply", "disk full" }, { "remove", "disk broken" } };
    BOOST_REQUIRE(!commit());
    BOOST_TEST(held() == before + 1);
    storage().fails.clear();
    open();
    BOOST_REQUIRE(layers->driver("fake"));
    BOOST_TEST(held() == before - 1); // the container of this test has no row either
}

BOOST_FIXTURE_TEST_CASE(the_base_stays_while_it_is_committed_upon, Committing)
{
    std::string refused;
    storage().during_diff = [&] { refused = library->remove("r", "box").error().message; };
    BOOST_REQUIRE(commit());
    BOOST_TEST(refused == "Conflict, box wasn't deleted: it is being used");
}

BOOST_FIXTURE_TEST_CASE(an_import_that_fails_in_the_store_or_the_driver_leaves_nothing, Committing)
{
    auto const import_it = [&] {
        Bytes body("0123456789abcdef");
        return import(body, "-", "new");
    };
    for (std::string const function : { "create", "apply" }) {
        storage().fails = { { function, function + " is out of order" } };
        nothing_remains(import_it(), "is out of order");
        storage().fails.clear();
    }
    drop_table("tags");
    nothing_remains(import_it(), "no such table");
}
