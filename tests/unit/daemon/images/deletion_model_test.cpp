// The rules of deletion once more, as a program that carries them out step by step on lists, against plan_deletion():
// thousands of random graphs, tags and users, and names of every form.
#include "daemon/images/deletion.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

using namespace staithe;
using namespace staithe::images;

namespace {

struct Node {
    std::string id, parent;
    bool used = false;
};
struct Tag {
    std::string repository, tag, id;
};

/// Changes itself as it goes; what fails is undone by whoever copied it before.
struct Model {
    std::vector<Node> nodes; ///< by id
    std::vector<Tag> tags; ///< by repository, then tag
    std::string told;

    Node const* node(std::string const& id) const
    {
        for (auto const& n : nodes)
            if (n.id == id)
                return &n;
        return nullptr;
    }

    /// semantics: id prefix, repository and tag, a prefix of an id in the repository.
    Node const* lookup(std::string const& name, std::string& repository, std::string& tag, bool& tag_given) const
    {
        std::vector<Node const*> with_prefix;
        for (auto const& n : nodes)
            if (!name.empty() && n.id.compare(0, name.size(), name) == 0)
                with_prefix.push_back(&n);
        auto const colon = name.find_last_of(':');
        tag_given = colon != name.npos && name.substr(colon).find('/') == name.npos && colon + 1 < name.size();
        bool const cut = colon != name.npos && name.substr(colon).find('/') == name.npos;
        repository = cut ? name.substr(0, colon) : name;
        tag = tag_given ? name.substr(colon + 1) : "latest";
        if (with_prefix.size() == 1)
            return with_prefix.front();
        for (auto const& t : tags)
            if (t.repository == repository && t.tag == tag)
                return node(t.id);
        for (auto const& t : tags)
            if (t.repository == repository && t.id.compare(0, tag.size(), tag) == 0)
                return node(t.id);
        return nullptr;
    }

    bool tagged(std::string const& id) const
    {
        return std::any_of(tags.begin(), tags.end(), [&](Tag const& t) { return t.id == id; });
    }

    /// True: something refers to it or to what is made on it.
    bool referenced_or_gone(std::string const& id)
    {
        if (tagged(id) || node(id)->used)
            return true;
        std::vector<std::string> children;
        for (auto const& n : nodes)
            if (n.parent == id)
                children.push_back(n.id);
        bool referenced = false;
        for (auto const& child : children)
            if (referenced_or_gone(child))
                referenced = true;
        if (!referenced) {
            told += " D:" + id.substr(0, 12);
            std::erase_if(nodes, [&](Node const& n) { return n.id == id; });
        }
        return referenced;
    }

    std::string remove(std::string const& name)
    {
        std::string repository, tag;
        bool tag_given = false;
        auto const* const found = lookup(name, repository, tag, tag_given);
        if (!found)
            return "404";
        auto const image = *found;
        std::vector<Tag> going;
        bool const by_id = image.id.find(name) != image.id.npos;
        for (auto const& t : tags)
            if (by_id ? t.id == image.id : t.repository == repository && (!tag_given || t.tag == tag))
                going.push_back(t);
        if (!by_id && going.empty())
            return "404";
        if (by_id)
            for (auto const& t : going)
                if (t.repository != going.front().repository)
                    return "409";
        for (auto const& t : going) {
            told += " U:" + image.id.substr(0, 12);
            std::erase_if(tags, [&](Tag const& o) { return o.repository == t.repository && o.tag == t.tag; });
        }
        if (!tagged(image.id)) {
            if (image.used)
                return "409";
            for (auto next = image; !referenced_or_gone(next.id);) {
                auto const* const parent = node(next.parent);
                if (!parent)
                    break;
                next = *parent;
            }
        }
        return told.empty() ? "409" : told;
    }
};

class Generator {
public:
    explicit Generator(unsigned seed)
        : m_random(seed)
    {
    }
    unsigned below(unsigned bound) { return std::uniform_int_distribution<unsigned>(0, bound - 1)(m_random); }
    bool chance(unsigned percent) { return below(100) < percent; }
    template <class List> auto const& one_of(List const& list)
    {
        return list[below(static_cast<unsigned>(list.size()))];
    }

    Model model()
    {
        Model made;
        unsigned const count = 1 + below(12), fork = 20 + below(80);
        for (unsigned i = 0; i < count; ++i) {
            Node node { id(), "", chance(12) };
            if (i > 0 && !chance(15))
                node.parent = chance(fork) ? one_of(made.nodes).id : made.nodes.back().id;
            made.nodes.push_back(node);
        }
        for (unsigned i = below(8); i-- > 0;) {
            Tag const tag { one_of(repositories), one_of(words), one_of(made.nodes).id };
            std::erase_if(made.tags, [&](Tag const& t) { return t.repository == tag.repository && t.tag == tag.tag; });
            made.tags.push_back(tag);
        }
        std::sort(made.nodes.begin(), made.nodes.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
        std::sort(made.tags.begin(), made.tags.end(),
            [](auto const& a, auto const& b) { return std::tie(a.repository, a.tag) < std::tie(b.repository, b.tag); });
        return made;
    }

    std::string name(Model const& model)
    {
        if (model.nodes.empty() || chance(5))
            return one_of(repositories) + (chance(50) ? ":nope" : "");
        auto const& id = one_of(model.nodes).id;
        switch (below(7)) {
        case 0: return id;
        case 1: return id.substr(0, 12);
        case 2: return id.substr(0, 1 + below(2)); // often ambiguous, sometimes a repository
        case 3: return one_of(repositories);
        case 4: return one_of(repositories) + ":" + id.substr(0, 3);
        default:
            if (model.tags.empty())
                return id;
            auto const& tag = one_of(model.tags);
            return tag.repository + (chance(30) ? chance(20) ? ":" : "" : ":" + tag.tag);
        }
    }

private:
    /// Few digits to begin with, so that prefixes collide.
    std::string id()
    {
        std::string text;
        for (int i = 0; i < 64; ++i)
            text += i < 2 ? "abc"[below(3)] : "0123456789abcdef"[below(16)];
        return text;
    }
    std::vector<std::string> const repositories { "box", "a", "abc", "host:5000/box", "7" };
    std::vector<std::string> const words { "latest", "1", "2", "ab" };
    std::mt19937 m_random;
};

Index index_of(Model const& model)
{
    Index index;
    for (auto const& node : model.nodes) {
        auto image = std::make_shared<store::ImageRecord>();
        image->id = node.id, image->parent = node.parent;
        index.by_id.emplace(node.id, image);
    }
    for (auto const& tag : model.tags)
        index.tags[tag.repository][tag.tag] = tag.id;
    return index;
}

std::string told(Result<Deletion> const& plan)
{
    if (!plan)
        return plan.error().code == STAITHE_NOT_FOUND ? "404" : "409";
    std::string text;
    for (auto const& step : plan.value().steps)
        text += (step.untagged ? " U:" : " D:") + step.id;
    return text;
}

/// What holds whatever the rules are.
void check_invariants(Model const& before, Deletion const& plan)
{
    std::set<std::string> gone;
    for (auto const& image : plan.images) {
        for (auto const& node : before.nodes)
            if (node.parent == image->id)
                BOOST_REQUIRE_MESSAGE(gone.contains(node.id), "a child outlives its parent");
        BOOST_REQUIRE_MESSAGE(!before.node(image->id)->used, "an image in use goes");
        BOOST_REQUIRE(gone.insert(image->id).second);
    }
    for (auto const& tag : before.tags) {
        bool const goes = std::any_of(plan.tags.begin(), plan.tags.end(),
            [&](auto const& t) { return t.repository == tag.repository && t.tag == tag.tag && t.image == tag.id; });
        BOOST_REQUIRE_MESSAGE(goes || !gone.contains(tag.id), "a tag is left without its image");
    }
    BOOST_REQUIRE(plan.steps.size() == plan.tags.size() + plan.images.size());
}

unsigned chosen_seed()
{
    char const* const given = std::getenv("STAITHE_TEST_SEED");
    return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
}

} // namespace

BOOST_AUTO_TEST_CASE(deletion_does_what_the_model_does)
{
    auto const seed = chosen_seed();
    std::cout << "STAITHE_TEST_SEED=" << seed << std::endl;
    Generator generator(seed);
    std::map<std::string, int> outcomes;
    for (int round = 0; round < 2000; ++round) {
        auto model = generator.model();
        for (int turn = 0; turn < 4; ++turn) {
            auto const before = model;
            auto const name = generator.name(model);
            BOOST_TEST_INFO("seed " << seed << ", round " << round << ", turn " << turn << ", name " << name);
            auto const plan = plan_deletion(index_of(before), name,
                [&](std::string const& id) { return before.node(id)->used ? std::string("used") : std::string(); });
            auto const expected = model.remove(name);
            BOOST_REQUIRE(told(plan) == expected);
            ++outcomes[expected.size() > 3 ? "done" : expected];
            if (plan)
                check_invariants(before, plan.value());
            else
                model = before;
            model.told.clear();
        }
    }
    for (auto const* outcome : { "done", "404", "409" })
        BOOST_TEST(outcomes[outcome] > 400); // or the generator tests nothing
}

BOOST_AUTO_TEST_CASE(single_deletion_keeps_every_graph_whole)
{
    auto const seed = chosen_seed();
    std::cout << "STAITHE_TEST_SEED=" << seed << std::endl;
    Generator generator(seed);
    int done = 0;
    for (int round = 0; round < 2000; ++round) {
        auto const model = generator.model();
        auto const& node = generator.one_of(model.nodes);
        BOOST_TEST_INFO("seed " << seed << ", round " << round);
        auto const plan = plan_single_deletion(index_of(model), node.id,
            [&](std::string const& id) { return model.node(id)->used ? std::string("used") : std::string(); });
        bool const has_child = std::any_of(
            model.nodes.begin(), model.nodes.end(), [&](Node const& other) { return other.parent == node.id; });
        BOOST_REQUIRE(static_cast<bool>(plan) == (!has_child && !node.used));
        if (!plan)
            continue;
        ++done;
        check_invariants(model, plan.value());
        BOOST_REQUIRE(plan.value().images.size() == 1u);
        BOOST_REQUIRE(plan.value().images[0]->id == node.id);
    }
    BOOST_TEST(done > 400);
}
