#include "daemon/images/deletion.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/images/room.hpp"

using namespace staithe;
using namespace staithe::images;

namespace {

UserOf nobody()
{
    return [](std::string const&) { return std::string(); };
}

/// "U:a D:a D:b", or the error.
std::string told(Result<Deletion> const& plan)
{
    if (!plan)
        return plan.error().message;
    std::string text;
    for (auto const& step : plan.value().steps)
        text += std::string(text.empty() ? "" : " ") + (step.untagged ? "U:" : "D:") + step.id.substr(0, 1);
    return text;
}

std::string deleted(Index const& index, std::string_view name, UserOf const& user_of = nobody())
{
    return told(plan_deletion(index, name, user_of));
}

UserOf user(std::string const& image)
{
    return [image](std::string const& id) {
        return id == id_of(image) ? std::string("container '/web' uses it") : std::string();
    };
}

} // namespace

BOOST_AUTO_TEST_CASE(delete_rules)
{
    // a ← b ← c, and d beside b
    std::vector<std::pair<std::string, std::string>> const chain { { "a", "" }, { "b", "a" }, { "c", "b" } };
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), "x") == "U:c D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "y", "t", "b" } }), "x") == "U:c D:c");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "x", "t", "c" } }), "x:t") == "U:c");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "x", "t", "c" } }), "x") == "U:c U:c D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" }, { "y", "latest", "c" } }), id_of("c"))
        == "Conflict, " + id_of("c") + " wasn't deleted");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), id_of("c")) == "U:c D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), id_of("a"))
        == "Conflict, " + id_of("a") + " wasn't deleted"); // a tagged child holds it
    BOOST_TEST(deleted(index_of(chain, {}), id_of("a")) == "D:c D:b D:a");
    BOOST_TEST(deleted(index_of(chain, {}), "nope") == "No such image: nope");
    BOOST_TEST(deleted(index_of(chain, { { "x", "latest", "c" } }), "x:c0") == "No such tag: x:c0");
    auto siblings = chain;
    siblings.emplace_back("d", "a");
    BOOST_TEST(deleted(index_of(siblings, { { "x", "latest", "c" } }), "x") == "U:c D:c D:b D:d D:a");
    BOOST_TEST(deleted(index_of(siblings, { { "x", "latest", "c" }, { "y", "1", "d" } }), "x") == "U:c D:c D:b");
}

BOOST_AUTO_TEST_CASE(images_in_use_stay)
{
    std::vector<std::pair<std::string, std::string>> const chain { { "a", "" }, { "b", "a" }, { "c", "b" } };
    auto const tagged = index_of(chain, { { "x", "latest", "c" } });
    BOOST_TEST(deleted(tagged, "x", user("c")) == "Conflict, x wasn't deleted: container '/web' uses it");
    BOOST_TEST(deleted(tagged, "x", user("b")) == "U:c D:c");
    auto const twice = index_of(chain, { { "x", "latest", "c" }, { "x", "t", "c" } });
    BOOST_TEST(deleted(twice, "x:t", user("c")) == "U:c"); // another tag is left
}

BOOST_AUTO_TEST_CASE(a_ring_of_parents_ends)
{
    auto const ring = index_of({ { "a", "b" }, { "b", "a" } }, {});
    BOOST_TEST(deleted(ring, id_of("a")) == "Conflict, " + id_of("a") + " wasn't deleted");
    BOOST_TEST(ring.virtual_size(*ring.find(id_of("a"))) > 0);
}

BOOST_AUTO_TEST_CASE(a_repository_goes_as_a_whole_and_only_the_named_image_with_it)
{
    auto const index = index_of({ { "a", "" }, { "b", "" } },
        { { "box", "latest", "a" }, { "box", "old", "b" }, { "host:5000/box", "latest", "b" } });
    auto const plan = plan_deletion(index, "box", nobody());
    BOOST_REQUIRE(plan);
    BOOST_TEST(told(plan) == "U:a U:a D:a");
    BOOST_REQUIRE(plan.value().tags.size() == 2u);
    BOOST_TEST(plan.value().tags[1].image == id_of("b"));
    BOOST_TEST(deleted(index, "host:5000/box") == "U:b");
    BOOST_TEST(deleted(index, "box:none") == "No such image: box:none");
    BOOST_TEST(deleted(index, "") == "No such image: ");
}

BOOST_AUTO_TEST_CASE(a_single_image_goes_with_its_tags_and_nothing_else)
{
    auto const index = index_of(
        { { "a", "" }, { "b", "a" }, { "c", "b" } }, { { "x", "latest", "c" }, { "y", "1", "c" }, { "z", "1", "a" } });
    auto const one = [&](std::string_view name, UserOf const& users) {
        return told(plan_single_deletion(index, name, users));
    };
    BOOST_TEST(one("x", nobody()) == "U:c U:c D:c");
    BOOST_TEST(one(id_of("c"), nobody()) == "U:c U:c D:c");
    BOOST_TEST(one("x", user("c")) == "Conflict, x wasn't deleted: container '/web' uses it");
    BOOST_TEST(one("z:1", nobody()) == "Conflict, z:1 wasn't deleted: other images are made on it");
    BOOST_TEST(one("nope", nobody()) == "No such image: nope");
    BOOST_TEST(plan_single_deletion(index, "z:1", nobody()).error().code == STAITHE_CONFLICT);
}
