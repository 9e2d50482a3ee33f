#include "cli/image_graph.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include "cli/json.hpp"
#include "cli/tree_drawing.hpp"

using namespace staithe::cli;

namespace {

using Edges = std::vector<std::pair<std::string, std::string>>; // parent (empty: none), child

std::string dot(Edges const& edges)
{
    std::string text = "digraph docker {\n";
    for (auto const& [parent, child] : edges)
        text += parent.empty() ? " base -> \"" + child + "\" [style=invis]\n"
                               : " \"" + parent + "\" -> \"" + child + "\"\n";
    return text + " base [style=invisible]\n}\n";
}

/// Images "a", "b" … that were made one after the other.
std::string list(std::vector<std::string> const& ids)
{
    std::string text;
    for (size_t i = 0; i < ids.size(); ++i)
        text += std::string(i ? "," : "[") + R"({"Id":")" + ids[i] + R"(","Created":)" + std::to_string(i) + "}";
    return text + "]";
}

ImageGraph graph_of(std::string const& images, std::string const& viz)
{
    auto graph = make_image_graph(parse_list(images).value(), viz);
    BOOST_REQUIRE(graph);
    return graph.value();
}

std::string drawn(ImageGraph const& graph, TreeMarks const& marks = TreeMarks::ascii())
{
    std::string text;
    for (auto const& line : draw_tree(graph, marks))
        text += line.marks + graph.images[line.image].id + "\n";
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(image_graph)

BOOST_AUTO_TEST_CASE(edges_of_the_daemons_graph)
{
    std::string const text = "digraph docker {\n \"a\" -> \"b\"\n base -> \"a\" [style=invis]\n"
                             " \"b\" [label=\"b\\nteam/app:1\\nodd\\\"name:x\",shape=box,fillcolor=\"paleturquoise\","
                             "style=\"filled,rounded\"];\n base [style=invisible]\n}\n";
    auto const edges = dot_edges(text);
    BOOST_REQUIRE(edges);
    BOOST_REQUIRE(edges.value().size() == 2u);
    BOOST_TEST(edges.value()[0].parent == "a");
    BOOST_TEST(edges.value()[0].child == "b");
    BOOST_TEST(edges.value()[1].parent == "");
    BOOST_TEST(edges.value()[1].child == "a");
    BOOST_TEST(dot_edges("digraph docker {\n base [style=invisible]\n}").value().empty());
    BOOST_TEST(dot_edges("").value().empty());
}

BOOST_AUTO_TEST_CASE(graphs_from_elsewhere_are_refused)
{
    for (std::string const line : { "", "digraph other {", "\"a\" -> \"b\"", " \"a\" -> \"b\" [image=\"/etc/shadow\"]",
             " \"a\" -> ", " \"a", " base -> \"a\"", " base -> \"a\" [style=invis];", " a -> b", " \"a\\\" -> \"b\"",
             R"( "a" [label="a",shape=box,fillcolor="paleturquoise",style="filled,rounded",image="/etc/shadow"];)",
             R"( "a" [label="a",image="/etc/shadow",fillcolor="paleturquoise",style="filled,rounded"];)",
             R"( "a" [label="a\",shape=box,fillcolor="paleturquoise",style="filled,rounded"];)",
             R"( "a" [label=<b>,shape=box,fillcolor="paleturquoise",style="filled,rounded"];)", " imagepath=\"/\"" }) {
        auto const edges = dot_edges("digraph docker {\n" + line + "\n}\n");
        BOOST_TEST(!edges, line);
        if (!edges)
            BOOST_TEST(edges.error().message
                == "cannot understand the daemon's graph of images: unexpected line '" + line + "'");
    }
}

BOOST_AUTO_TEST_CASE(tags_and_sizes_of_one_image)
{
    auto const graph = graph_of(R"([{"Repository":"app","Tag":"2","Id":"bb22","Created":9,"Size":3,"VirtualSize":5},)"
                                R"({"Repository":"app","Tag":"1","Id":"bb22","Created":9,"Size":3,"VirtualSize":5},)"
                                R"({"Id":"aa11","Created":1,"Size":2,"VirtualSize":2}])",
        dot({ { "", "aa" }, { "aa", "bb" } }));
    BOOST_REQUIRE(graph.images.size() == 2u);
    auto const& image = graph.images[1];
    BOOST_TEST(image.id == "bb22");
    BOOST_TEST(image.tags == (std::vector<std::string> { "app:1", "app:2" }), boost::test_tools::per_element());
    BOOST_TEST(image.size == 3);
    BOOST_TEST(image.total == 5);
    BOOST_TEST(*image.parent == 0u);
    BOOST_TEST(graph.images[0].tags.empty());
    BOOST_TEST(graph.roots == (std::vector<size_t> { 0 }), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(drawing)
{
    auto const graph = graph_of(list({ "a", "b", "c", "d", "e", "f", "g", "h", "i" }),
        dot({ { "", "a" }, { "a", "b" }, { "b", "c" }, { "c", "d" }, { "c", "e" }, { "e", "f" }, { "b", "g" },
            { "", "h" }, { "h", "i" } }));
    BOOST_TEST(drawn(graph)
        == "|- a\n"
           "|  b\n"
           "|  |- c\n"
           "|  |  |- d\n"
           "|  |  `- e\n"
           "|  |     f\n"
           "|  `- g\n"
           "`- h\n"
           "   i\n");
    BOOST_TEST(
        drawn(graph, TreeMarks::boxes()).starts_with("├─ a\n│  b\n│  ├─ c\n│  │  ├─ d\n│  │  └─ e\n│  │     f\n"));
    BOOST_TEST(drawn(graph_of("[]", dot({}))) == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_drawn_all_the_same)
{
    // Unknown parents, a second parent, an image below itself, a circle, with and without an image on it.
    BOOST_TEST(drawn(graph_of(list({ "a", "b" }), dot({ { "zz", "a" }, { "a", "yy" } }))) == "|- a\n`- b\n");
    BOOST_TEST(drawn(graph_of(list({ "a", "b", "c" }), dot({ { "a", "c" }, { "b", "c" } }))) == "|- a\n|  c\n`- b\n");
    BOOST_TEST(drawn(graph_of(list({ "a" }), dot({ { "a", "a" } }))) == "`- a\n");
    BOOST_TEST(drawn(graph_of(list({ "a", "b", "c" }), dot({ { "b", "a" }, { "a", "b" }, { "b", "c" } })))
        == "`- a\n   b\n   c\n");
    BOOST_TEST(drawn(graph_of(list({ "a" }), dot({ { "", "" }, { "", "a" } }))) == "`- a\n");
}

BOOST_AUTO_TEST_CASE(every_image_is_drawn_once_below_its_parent)
{
    std::mt19937 random(4);
    for (int round = 0; round < 300; ++round) {
        size_t const count = 1 + random() % 40;
        std::vector<std::string> ids;
        for (size_t i = 0; i < count; ++i)
            ids.push_back(std::to_string(1000 + i) + "ff");
        Edges edges;
        for (auto const& id : ids) // circles among them, since a parent may be younger
            edges.emplace_back(random() % 5 ? ids[random() % count].substr(0, 4) : "", id.substr(0, 4));
        auto const graph = graph_of(list(ids), dot(edges));
        std::set<size_t> seen;
        for (auto const& line : draw_tree(graph, TreeMarks::ascii())) {
            BOOST_REQUIRE(seen.insert(line.image).second);
            if (auto const parent = graph.images[line.image].parent)
                BOOST_REQUIRE(seen.contains(*parent));
        }
        BOOST_TEST(seen.size() == count);
    }
}

BOOST_AUTO_TEST_CASE(a_long_row_of_layers_does_not_drift)
{
    std::vector<std::string> ids;
    Edges edges;
    for (size_t i = 0; i < 5000; ++i) {
        edges.emplace_back(i ? ids.back() : "", std::to_string(10000 + i));
        ids.push_back(std::to_string(10000 + i));
    }
    auto const graph = graph_of(list(ids), dot(edges));
    for (auto const& line : draw_tree(graph, TreeMarks::boxes()))
        BOOST_REQUIRE(line.marks.size() <= std::string_view("└─ ").size());
}

BOOST_AUTO_TEST_SUITE_END()
