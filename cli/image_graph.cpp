#include "cli/image_graph.hpp"

#include <algorithm>
#include <map>

#include "cli/json.hpp"

namespace staithe::cli {

namespace {

    /// Takes "text" with its quotes from the front; a backslash protects the next character.
    std::optional<std::string_view> take_quoted(std::string_view& line)
    {
        if (!line.starts_with('"'))
            return std::nullopt;
        for (size_t i = 1; i < line.size(); ++i) {
            if (line[i] == '\\') {
                ++i;
            } else if (line[i] == '"') {
                auto const text = line.substr(1, i - 1);
                line.remove_prefix(i + 1);
                return text;
            }
        }
        return std::nullopt;
    }

    bool take(std::string_view& line, std::string_view word)
    {
        if (!line.starts_with(word))
            return false;
        line.remove_prefix(word.size());
        return true;
    }

    /// ` base -> "CHILD" [style=invis]`, or ` "PARENT" -> "CHILD"`.
    std::optional<DotEdge> edge_of(std::string_view line)
    {
        DotEdge edge;
        bool const root = take(line, " base -> ");
        if (!root) {
            if (!take(line, " "))
                return std::nullopt;
            auto const parent = take_quoted(line);
            if (!parent || !take(line, " -> "))
                return std::nullopt;
            edge.parent = *parent;
        }
        auto const child = take_quoted(line);
        if (!child || line != (root ? " [style=invis]" : ""))
            return std::nullopt;
        edge.child = *child;
        return edge;
    }

    bool is_label(std::string_view line)
    {
        return take(line, " ") && take_quoted(line) && take(line, " [label=") && take_quoted(line)
            && line == R"(,shape=box,fillcolor="paleturquoise",style="filled,rounded"];)";
    }

    std::string tag_of(Poco::JSON::Object::Ptr const& record)
    {
        auto const repository = text_of(record, "Repository");
        return repository.empty() ? repository : repository + ":" + text_of(record, "Tag");
    }

    std::vector<GraphImage> listed_images(Poco::JSON::Array::Ptr const& list)
    {
        std::map<std::string, GraphImage> by_id; // an image is listed once for every tag
        for (size_t i = 0; i < list->size(); ++i) {
            auto const record = element(list, i);
            auto& image = by_id[text_of(record, "Id")];
            image.id = text_of(record, "Id");
            image.created = number_of(record, "Created");
            image.size = number_of(record, "Size");
            image.total = number_of(record, "VirtualSize");
            if (auto tag = tag_of(record); !tag.empty())
                image.tags.push_back(std::move(tag));
        }
        std::vector<GraphImage> images;
        for (auto& [id, image] : by_id) {
            std::sort(image.tags.begin(), image.tags.end());
            images.push_back(std::move(image));
        }
        std::stable_sort(images.begin(), images.end(), [](auto& a, auto& b) { return a.created < b.created; });
        return images;
    }

    /// The graph has the first 12 digits of ids.
    void connect(std::vector<GraphImage>& images, std::vector<DotEdge> const& edges)
    {
        std::map<std::string_view, size_t> by_id;
        for (size_t i = 0; i < images.size(); ++i)
            by_id.emplace(images[i].id, i);
        auto const find = [&](std::string_view id) -> std::optional<size_t> {
            auto const found = by_id.lower_bound(id);
            bool const is = !id.empty() && found != by_id.end() && found->first.starts_with(id);
            return is ? std::optional(found->second) : std::nullopt;
        };
        for (auto const& edge : edges) {
            auto const child = find(edge.child), parent = find(edge.parent);
            if (child && parent && !images[*child].parent)
                images[*child].parent = parent;
        }
        for (size_t i = 0; i < images.size(); ++i) {
            if (images[i].parent)
                images[*images[i].parent].children.push_back(i);
        }
    }

    void reach(std::vector<GraphImage> const& images, size_t root, std::vector<bool>& reached)
    {
        std::vector<size_t> next { root };
        while (!next.empty()) {
            auto const i = next.back();
            next.pop_back();
            reached[i] = true;
            next.insert(next.end(), images[i].children.begin(), images[i].children.end());
        }
    }

} // namespace

Result<std::vector<DotEdge>> dot_edges(std::string_view dot)
{
    std::vector<DotEdge> edges;
    while (!dot.empty()) {
        auto const line = dot.substr(0, dot.find('\n'));
        dot.remove_prefix(std::min(line.size() + 1, dot.size()));
        if (auto const edge = edge_of(line))
            edges.push_back(*edge);
        else if (line != "digraph docker {" && line != " base [style=invisible]" && line != "}" && !is_label(line))
            return Error { STAITHE_CORRUPT, 0,
                "cannot understand the daemon's graph of images: unexpected line '" + std::string(line.substr(0, 200))
                    + "'" };
    }
    return edges;
}

Result<ImageGraph> make_image_graph(Poco::JSON::Array::Ptr const& list, std::string_view dot)
{
    ImageGraph graph { listed_images(list), {} };
    auto& images = graph.images;
    connect(images, STAITHE_TRY(dot_edges(dot)));
    std::vector<bool> reached(images.size());
    for (size_t i = 0; i < images.size(); ++i) {
        if (!images[i].parent)
            reach(images, i, reached);
    }
    for (size_t i = 0; i < images.size(); ++i) {
        if (!reached[i]) {
            std::erase(images[*images[i].parent].children, i);
            images[i].parent.reset();
            reach(images, i, reached);
        }
        if (!images[i].parent)
            graph.roots.push_back(i);
    }
    return graph;
}

} // namespace staithe::cli
