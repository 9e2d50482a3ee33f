#include "api/wire/image_history.hpp"

#include "api/wire/text_forms.hpp"

namespace staithe::wire {

namespace {

    using Step = api::ImageStep;
    using Node = api::ImageNode;

    void put_short_id(JsonWriter& out, std::string_view key, Step const& step)
    {
        out.key(key);
        out.text(short_id(step.id));
    }

    void put_created_seconds(JsonWriter& out, std::string_view key, Step const& step)
    {
        put_pair(out, key, step.created_ns / 1'000'000'000);
    }

    constexpr Field<Step> step_fields[] = {
        { "Id", "short", "text, 12 digits", put_short_id },
        { "Id", "whole", "text, 64 digits", member<&Step::id> },
        { "Tags", "", "list of text, left out when there are none", member_if_set<&Step::tags> },
        { "Created", "", "seconds since 1970", put_created_seconds },
        { "CreatedBy", "always", "text", member<&Step::created_by> },
        { "CreatedBy", "left out", "text, left out when empty", member_if_set<&Step::created_by> },
        { "Size", "", "bytes", member<&Step::size> },
    };

    std::string quoted(std::string_view id)
    {
        return "\"" + std::string(short_id(id)) + "\"";
    }

    void append_edge(std::string& out, Node const& node)
    {
        bool const is_root = node.parent.empty();
        out.append(" ").append(is_root ? "base" : quoted(node.parent)).append(" -> ").append(quoted(node.id));
        out += is_root ? " [style=invis]\n" : "\n";
    }

    void append_escaped(std::string& out, std::string_view text)
    {
        for (char const c : text) {
            if (c == '"' || c == '\\')
                out += '\\';
            if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)
                out += c;
        }
    }

    void append_label(std::string& out, Node const& node)
    {
        if (node.tags.empty())
            return;
        out.append(" ").append(quoted(node.id)).append(" [label=\"").append(short_id(node.id));
        for (auto const& tag : node.tags) {
            out += "\\n";
            append_escaped(out, tag);
        }
        out += "\",shape=box,fillcolor=\"paleturquoise\",style=\"filled,rounded\"];\n";
    }

} // namespace

Fields<Step> image_step_fields()
{
    return step_fields;
}

std::string encode_history(std::vector<Step> const& steps, FieldSet set)
{
    std::string text;
    JsonWriter out(text);
    out.begin_array();
    for (auto const& step : steps)
        put_object<Step>(out, step_fields, step, set);
    out.end_array();
    return text;
}

std::string encode_graph(std::vector<Node> const& nodes)
{
    std::string out = "digraph docker {\n";
    for (auto const& node : nodes)
        append_edge(out, node);
    for (auto const& node : nodes)
        append_label(out, node);
    out += " base [style=invisible]\n}\n";
    return out;
}

} // namespace staithe::wire
