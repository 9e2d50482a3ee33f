// staithe tree: which image lies on which.
#include <unistd.h>

#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/graphviz.hpp"
#include "cli/image_graph.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/output_file.hpp"
#include "cli/tree_drawing.hpp"

namespace staithe::cli::commands {

namespace {

    constexpr size_t short_id = 12, size_width = 9;

    std::string right_aligned(std::string text, size_t width)
    {
        return std::string(width - std::min(width, columns(text)), ' ') + std::move(text);
    }

    std::string table_of(ImageGraph const& graph, bool full_ids)
    {
        std::string text =
            right_aligned("SIZE", size_width) + "   " + right_aligned("TOTAL", size_width) + "   IMAGE\n";
        for (auto const& line : draw_tree(graph, suitable_marks())) {
            auto const& image = graph.images[line.image];
            auto rest = image.id.substr(0, full_ids ? std::string::npos : short_id);
            if (!image.tags.empty())
                rest += "   " + comma_list(image.tags);
            text += right_aligned(human_size(image.size), size_width) + "   "
                + right_aligned(human_size(image.total), size_width) + "   " + line.marks + printable(rest) + "\n";
        }
        return text;
    }

    /// The images in the order of the drawing.
    std::string json_of(ImageGraph const& graph)
    {
        Poco::JSON::Array::Ptr list(new Poco::JSON::Array);
        for (auto const& line : draw_tree(graph, TreeMarks::ascii())) {
            auto const& image = graph.images[line.image];
            Poco::JSON::Array::Ptr tags(new Poco::JSON::Array);
            for (auto const& tag : image.tags)
                tags->add(tag);
            Poco::JSON::Object::Ptr object(new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER));
            object->set("Id", image.id);
            object->set("ParentId", image.parent ? graph.images[*image.parent].id : std::string());
            object->set("Tags", tags);
            object->set("Created", Poco::Int64 { image.created });
            object->set("Size", Poco::Int64 { image.size });
            object->set("VirtualSize", Poco::Int64 { image.total });
            list->add(object);
        }
        return print_json(list) + "\n";
    }

    /// Line by line what the daemon sent, without what would command a terminal.
    Result<std::string> dot_of(std::string_view answer)
    {
        STAITHE_TRY(dot_edges(answer));
        std::string text;
        while (!answer.empty()) {
            auto const line = answer.substr(0, answer.find('\n'));
            answer.remove_prefix(std::min(line.size() + 1, answer.size()));
            text += printable(line) + "\n";
        }
        return text;
    }

    Result<void> write_svg(std::string const& dot, std::string const& path)
    {
        auto const picture = STAITHE_TRY(draw_svg(dot));
        if (path == "-")
            return print(picture);
        auto file = STAITHE_TRY(OutputFile::create(path, 0666));
        STAITHE_TRY(write_all(file.fd(), picture, "'" + path + "'"));
        file.keep();
        return {};
    }

    Result<void> check_flags(Arguments const& arguments)
    {
        int const forms = arguments.has("dot") + arguments.has("svg") + arguments.has("format");
        if (forms > 1)
            return Error { STAITHE_INVALID, 0, "--dot, --svg and --format exclude each other\n  use one of them" };
        if (arguments.has("svg") && arguments.value("svg").empty())
            return Error { STAITHE_INVALID, 0, "--svg needs the name of a file\n  try: --svg images.svg" };
        return {};
    }

} // namespace

Result<int> tree(Context& context)
{
    auto const& arguments = context.arguments;
    STAITHE_TRY(check_flags(arguments));
    bool const json = STAITHE_TRY(wants_json(arguments));
    auto const viz = STAITHE_TRY(context.client.get("/images/viz"));
    if (arguments.is_set("dot") || arguments.has("svg")) {
        auto const dot = STAITHE_TRY(dot_of(viz));
        STAITHE_TRY(arguments.has("svg") ? write_svg(dot, arguments.value("svg")) : print(dot));
        return 0;
    }
    auto const list = STAITHE_TRY(parse_list(context.client.get("/images/json?all=1")));
    auto const graph = STAITHE_TRY(make_image_graph(list, viz));
    STAITHE_TRY(print(json ? json_of(graph) : table_of(graph, arguments.is_set("no-trunc"))));
    return 0;
}

} // namespace staithe::cli::commands
