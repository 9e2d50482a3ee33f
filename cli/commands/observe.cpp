// staithe port, top, diff and events: what a container does.
#include <ctime>

#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/specs.hpp"
#include "cli/table.hpp"

namespace staithe::cli::commands {

namespace {

    using ObjectPtr = Poco::JSON::Object::Ptr;

    Result<std::string> get_of(Client const& client, std::string const& name, std::string const& what)
    {
        auto answer = client.get("/containers/" + path_segment(name) + "/" + what);
        return answer ? std::move(answer) : explain_container(std::move(answer.error()));
    }

    /// "0.0.0.0:8080" for every place where a port is published.
    std::vector<std::string> places_of(ObjectPtr const& ports, std::string const& port)
    {
        std::vector<std::string> places;
        auto const bindings = list_of(ports, port);
        for (size_t i = 0; !bindings.isNull() && i < bindings->size(); ++i) {
            auto const binding = element(bindings, i);
            places.push_back(text_of(binding, "HostIp") + ":" + text_of(binding, "HostPort"));
        }
        return places;
    }

    Error not_published(std::string const& name, std::string const& port)
    {
        return { STAITHE_NOT_FOUND, 0,
            "container '" + name + "' does not publish port " + port + "\n  see: staithe port " + name };
    }

    std::string all_ports(ObjectPtr const& ports)
    {
        std::string text;
        if (ports.isNull())
            return text;
        for (auto const& port : ports->getNames()) {
            for (auto const& place : places_of(ports, port))
                text += printable(port + " -> " + place) + "\n";
        }
        return text;
    }

    std::string cell(Poco::JSON::Array::Ptr const& row, unsigned column)
    {
        return row.isNull() || column >= row->size() ? std::string() : row->getElement<std::string>(column);
    }

    char letter_of(int64_t kind)
    {
        return kind == 1 ? 'A' : kind == 2 ? 'D' : 'C';
    }

    Result<void> print_event(std::string const& text)
    {
        auto const event = STAITHE_TRY(parse_object(text));
        auto line =
            utc_text(number_of(event, "time")) + "   " + text_of(event, "id") + "   " + text_of(event, "status");
        if (auto const from = text_of(event, "from"); !from.empty())
            line += "   (from " + from + ")";
        return print(printable(line) + "\n");
    }

} // namespace

Result<int> port(Context& context)
{
    auto const& operands = context.arguments.operands;
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    auto const wanted = operands.size() > 1 ? STAITHE_TRY(parse_port(operands[1])) : std::string();
    auto const details = STAITHE_TRY(parse_object(get_of(context.client, operands[0], "json")));
    auto const ports = object_of(object_of(details, "NetworkSettings"), "Ports");
    std::string text;
    if (wanted.empty()) {
        text = json ? (ports.isNull() ? "{}" : print_json(ports)) + "\n" : all_ports(ports);
    } else {
        auto const places = places_of(ports, wanted);
        if (places.empty())
            return not_published(operands[0], wanted);
        for (auto const& place : places)
            text += printable(place) + "\n";
        if (json)
            text = print_json(list_of(ports, wanted)) + "\n";
    }
    STAITHE_TRY(print(text));
    return 0;
}

Result<int> top(Context& context)
{
    auto const& operands = context.arguments.operands;
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    std::string ps_arguments;
    for (size_t i = 1; i < operands.size(); ++i)
        ps_arguments += (i > 1 ? " " : "") + operands[i];
    std::vector<std::pair<std::string, std::string>> parameters;
    if (!ps_arguments.empty())
        parameters.emplace_back("ps_args", ps_arguments);
    auto const answer = STAITHE_TRY(parse_object(get_of(context.client, operands[0], "top" + query(parameters))));
    if (json) {
        STAITHE_TRY(print(print_json(answer) + "\n"));
        return 0;
    }
    auto const titles = list_of(answer, "Titles");
    auto const processes = list_of(answer, "Processes");
    std::vector<std::string> headings;
    for (unsigned i = 0; !titles.isNull() && i < titles->size(); ++i)
        headings.push_back(printable(cell(titles, i)));
    Table table(headings);
    for (unsigned i = 0; !processes.isNull() && i < processes->size(); ++i) {
        std::vector<std::string> cells;
        for (unsigned column = 0; column < headings.size(); ++column)
            cells.push_back(cell(processes->getArray(i), column));
        table.add(std::move(cells));
    }
    STAITHE_TRY(print(table.text()));
    return 0;
}

Result<int> diff(Context& context)
{
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    auto const list = STAITHE_TRY(parse_list(get_of(context.client, context.arguments.operands.front(), "changes")));
    std::string text;
    for (size_t i = 0; !json && i < list->size(); ++i) {
        auto const change = element(list, i);
        text += std::string(1, letter_of(number_of(change, "Kind"))) + " " + printable(text_of(change, "Path")) + "\n";
    }
    STAITHE_TRY(print(json ? print_json(list) + "\n" : text));
    return 0;
}

Result<int> events(Context& context)
{
    bool const json = STAITHE_TRY(wants_json(context.arguments));
    std::vector<std::pair<std::string, std::string>> parameters;
    if (context.arguments.has("since")) {
        auto const since = STAITHE_TRY(parse_since(context.arguments.value("since"), std::time(nullptr)));
        parameters.emplace_back("since", std::to_string(since));
    }
    JsonSplitter splitter([json](std::string const& text) { return json ? print(text + "\n") : print_event(text); });
    STAITHE_TRY(context.client.get_stream(
        "/events" + query(parameters), [&](std::string_view bytes) { return splitter.feed(bytes); }));
    return Error { STAITHE_UNAVAILABLE, 0,
        "the daemon has ended the stream of events\n  to go on: staithe events --since "
            + utc_text(std::time(nullptr)) };
}

} // namespace staithe::cli::commands
