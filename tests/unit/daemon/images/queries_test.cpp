// History, graph, tags, and removal as the library carries it out.
#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/images/room.hpp"

using namespace staithe;
using namespace staithe::images;

namespace {

struct Family : Room {
    Family()
    {
        root = imported();
        api::ContainerConfig config;
        config.command = std::vector<std::string> { "/bin/sh", "-c", "make it" };
        child = library->commit("r", { "", "app", "1", "", "", {} }, { root, root, config }).value();
        grandchild = library->commit("r", {}, { root, child, {} }).value();
    }
    std::string names(std::string_view name)
    {
        std::string text;
        auto const steps = library->history(name);
        BOOST_REQUIRE(steps);
        for (auto const& step : steps.value())
            for (auto const& tag : step.tags)
                text += tag + " ";
        return text;
    }
    std::string root, child, grandchild;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_history_goes_down_to_the_root, Family)
{
    auto const steps = library->history(grandchild);
    BOOST_REQUIRE(steps);
    BOOST_REQUIRE(steps.value().size() == 3u);
    BOOST_TEST(steps.value()[0].id == grandchild);
    BOOST_TEST(steps.value()[0].created_by == "");
    BOOST_TEST(steps.value()[1].id == child);
    BOOST_TEST(steps.value()[1].created_by == "/bin/sh -c make it");
    BOOST_TEST(steps.value()[1].tags.at(0) == "app:1");
    BOOST_TEST(steps.value()[2].id == root);
    BOOST_TEST(steps.value()[2].size == 16);
    BOOST_TEST(steps.value()[2].created_ns > 0);
    BOOST_TEST(library->history("nope").error().message == "No such image: nope");
}

BOOST_FIXTURE_TEST_CASE(the_graph_has_every_image_newest_first, Family)
{
    auto const nodes = library->graph();
    BOOST_REQUIRE(nodes);
    BOOST_REQUIRE(nodes.value().size() == 3u);
    BOOST_TEST(nodes.value()[0].id == grandchild);
    BOOST_TEST(nodes.value()[0].parent == child);
    BOOST_TEST(nodes.value()[2].parent == "");
    BOOST_TEST(nodes.value()[2].tags.at(0) == "box:latest");
    api::ImageFilter filter;
    BOOST_TEST(library->list(filter).value().size() == 3u); // two tagged ones, and the last one, nobody's parent
    BOOST_TEST(library->list(filter).value().at(0).virtual_size == 48);
    BOOST_TEST(library->list(filter).value().at(0).id == grandchild);
    filter.name = "a*";
    BOOST_TEST(library->list(filter).value().size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(of_images_of_one_moment_the_tags_decide, Room)
{
    auto const id = imported();
    for (auto const* tag : { "b", "a", "c" })
        BOOST_REQUIRE(library->tag(id, "box", tag));
    std::string order;
    auto const records = all().value();
    for (auto const& record : records)
        order += record.tag + " ";
    BOOST_TEST(order == "a b c latest ");
}

BOOST_FIXTURE_TEST_CASE(a_tag_leads_where_it_was_last_put, Family)
{
    BOOST_REQUIRE(library->tag("box", "app", ""));
    BOOST_REQUIRE(library->tag(grandchild.substr(0, 12), "box", "latest"));
    BOOST_REQUIRE(library->tag(grandchild, "host:5000/box:2", ""));
    open();
    BOOST_TEST(library->inspect("app").value().id == root);
    BOOST_TEST(library->inspect("box").value().id == grandchild);
    BOOST_TEST(names(grandchild) == "box:latest host:5000/box:2 app:1 app:latest ");
    BOOST_TEST(library->tag("nope", "x", "").error().code == STAITHE_NOT_FOUND);
    BOOST_TEST(library->tag("box", "", "").error().message == "Repository name can't be empty");
    BOOST_TEST(library->tag("box", "x", "a:b").error().message == "Illegal tag name: a:b");
    BOOST_TEST(library->tag("box", "x", "a/b").error().code == STAITHE_INVALID);
    drop_table("tags");
    BOOST_TEST(!library->tag("box", "new", ""));
    BOOST_TEST(!library->inspect("new"));
}

BOOST_FIXTURE_TEST_CASE(removal_takes_rows_bytes_and_tells, Family)
{
    BOOST_REQUIRE(library->remove("r", grandchild));
    BOOST_TEST(events == "delete:" + grandchild.substr(0, 1) + " ");
    BOOST_TEST(held() == 2u);
    BOOST_TEST(library->remove("r", root).value().size() == 1u); // its tag; a tagged child holds it
    BOOST_TEST(library->remove("r", root).error().message == "Conflict, " + root + " wasn't deleted");
    open();
    BOOST_TEST(library->count() == 2u);
    BOOST_TEST(!library->inspect("box"));
}

BOOST_FIXTURE_TEST_CASE(one_image_alone_is_removed, Family)
{
    BOOST_TEST(library->remove_one("r", "app:1").error().code == STAITHE_CONFLICT); // it has a child
    BOOST_TEST(library->remove_one("r", "nope").error().code == STAITHE_NOT_FOUND);
    BOOST_REQUIRE(library->remove_one("r", grandchild));
    library->set_users([&](std::string const& id) { return id == child ? "/web" : ""; });
    BOOST_TEST(library->remove_one("r", "app:1").error().message
        == "Conflict, app:1 wasn't deleted: container '/web' uses it");
    library->set_users({});
    BOOST_REQUIRE(library->remove_one("r", "app:1")); // its parent stays
    BOOST_TEST(library->count() == 1u);
    open();
    BOOST_TEST(library->count() == 1u);
    BOOST_TEST(held() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_removal_that_the_store_refuses_takes_nothing, Family)
{
    drop_table("tags");
    BOOST_TEST(library->remove("r", "app:1").error().message.find("Cannot delete image app:1: ") == 0u);
    drop_table("images");
    BOOST_TEST(!library->remove_one("r", grandchild));
    BOOST_TEST(library->count() == 3u);
    BOOST_TEST(held() == 3u);
    BOOST_TEST(events.empty());
}
