#include "api/wire/image_history.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(image_history)

namespace {

std::string id(char digit)
{
    return std::string(64, digit);
}

std::string const end = " base [style=invisible]\n}\n";

} // namespace

BOOST_AUTO_TEST_CASE(an_empty_history_is_an_empty_list)
{
    BOOST_TEST(wire::encode_history({}, wire::all_fields) == "[]");
}

BOOST_AUTO_TEST_CASE(steps_leave_out_what_is_empty)
{
    constexpr wire::FieldSet newest = 0b1101110; // whole id, Tags, Created, CreatedBy left out, Size
    BOOST_TEST(wire::encode_history(
                   { { "a", 2'500'000'000, "/bin/sh -c x", { "r:1", "r:2" }, 3 }, { "b", 0, "", {}, 0 } }, newest)
        == R"([{"Id":"a","Tags":["r:1","r:2"],"Created":2,"CreatedBy":"/bin/sh -c x","Size":3},)"
           R"({"Id":"b","Created":0,"Size":0}])");
}

BOOST_AUTO_TEST_CASE(the_oldest_form_has_short_ids_and_every_command)
{
    constexpr wire::FieldSet oldest = 0b0011001;
    BOOST_TEST(wire::encode_history({ { id('a'), 1'000'000'000, "", { "r:1" }, 3 } }, oldest)
        == R"([{"Id":"aaaaaaaaaaaa","Created":1,"CreatedBy":""}])");
}

BOOST_AUTO_TEST_CASE(an_empty_graph_is_a_graph)
{
    BOOST_TEST(wire::encode_graph({}) == "digraph docker {\n" + end);
}

BOOST_AUTO_TEST_CASE(edges_come_first_and_labels_after_them)
{
    api::ImageNode const root { id('a'), "", { "base:1", "base:latest" }, 0, 0 }, middle { id('b'), id('a'), {}, 0, 0 },
        leaf { id('c'), id('b'), { "localhost:5000/x/y:tag" }, 0, 0 };
    BOOST_TEST(wire::encode_graph({ leaf, middle, root })
        == "digraph docker {\n"
           " \"bbbbbbbbbbbb\" -> \"cccccccccccc\"\n"
           " \"aaaaaaaaaaaa\" -> \"bbbbbbbbbbbb\"\n"
           " base -> \"aaaaaaaaaaaa\" [style=invis]\n"
           " \"cccccccccccc\" [label=\"cccccccccccc\\nlocalhost:5000/x/y:tag\",shape=box,fillcolor=\"paleturquoise\","
           "style=\"filled,rounded\"];\n"
           " \"aaaaaaaaaaaa\" [label=\"aaaaaaaaaaaa\\nbase:1\\nbase:latest\",shape=box,fillcolor=\"paleturquoise\","
           "style=\"filled,rounded\"];\n"
            + end);
}

BOOST_AUTO_TEST_CASE(a_tag_cannot_leave_its_label)
{
    auto const graph = wire::encode_graph({ { id('a'), "", { "a\"];} digraph x {\n\t\\n\x7f\xc3\xa9" }, 0, 0 } });
    BOOST_TEST(graph.find("aaaaaaaaaaaa\\na\\\"];} digraph x {\\\\n\xc3\xa9\",shape=box") != graph.npos, graph);
}

BOOST_AUTO_TEST_SUITE_END()
