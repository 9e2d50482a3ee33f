// staithe ps, stop, kill, restart, wait, rm.
#include <algorithm>
#include <ctime>

#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/session.hpp"
#include "cli/signals.hpp"
#include "cli/table.hpp"

namespace staithe::cli::commands {

namespace {

    using ObjectPtr = Poco::JSON::Object::Ptr;

    std::string names_of(ObjectPtr const& record)
    {
        auto names = texts_of(record, "Names");
        for (auto& name : names)
            name.erase(0, name.starts_with('/') ? 1 : 0);
        // Its own before those that links give it.
        std::stable_partition(names.begin(), names.end(), [](auto& name) { return name.find('/') == name.npos; });
        return comma_list(names);
    }

    /// A port that is exposed but not published comes as PublicPort alone.
    std::string ports_of(ObjectPtr const& record)
    {
        auto const list = list_of(record, "Ports");
        std::vector<std::string> ports;
        for (size_t i = 0; !list.isNull() && i < list->size(); ++i) {
            auto const port = element(list, i);
            auto const inner = number_of(port, "PrivatePort");
            auto text = std::to_string(number_of(port, "PublicPort"));
            if (inner)
                text = text_of(port, "IP") + ":" + text + "->" + std::to_string(inner);
            ports.push_back(text + "/" + text_of(port, "Type"));
        }
        return comma_list(ports);
    }

    std::string command_of(ObjectPtr const& record, bool full)
    {
        auto command = text_of(record, "Command");
        while (command.ends_with(' '))
            command.pop_back();
        return "\"" + (full ? command : shortened(command, 20)) + "\"";
    }

    /// "12 MB": what the container has written; the whole of what it sees follows in brackets.
    std::string size_of(ObjectPtr const& record)
    {
        auto text = human_size(number_of(record, "SizeRw"));
        if (auto const all = number_of(record, "SizeRootFs"); all > 0)
            text += " (virtual " + human_size(all) + ")";
        return text;
    }

    std::vector<std::string> row(ObjectPtr const& record, bool full, int64_t now)
    {
        return { text_of(record, "Id").substr(0, full ? std::string::npos : 12), text_of(record, "Image"),
            command_of(record, full), human_age(number_of(record, "Created"), now), text_of(record, "Status"),
            ports_of(record), names_of(record) };
    }

    std::string act_path(std::string const& name, std::string_view act)
    {
        return "/containers/" + path_segment(name) + "/" + std::string(act);
    }

    /// POST /containers/NAME/ACT for every operand, and the name as a sign of success.
    Result<int> post_each(Context& context, std::string const& act)
    {
        return for_each_operand(context, [&](std::string const& name) -> Result<std::string> {
            STAITHE_TRY(context.client.post(act_path(name, act)));
            return name;
        });
    }

    Result<int> timed_each(Context& context, std::string const& act)
    {
        if (!context.arguments.has("time"))
            return post_each(context, act);
        int const seconds = STAITHE_TRY(parse_seconds(context.arguments.value("time")));
        return post_each(context, act + query({ { "t", std::to_string(seconds) } }));
    }

    /// Takes links "parent/alias" away; the containers stay.
    Result<int> remove_links(Context& context)
    {
        for (auto const* flag : { "force", "volumes" }) {
            if (context.arguments.is_set(flag))
                return Error { STAITHE_INVALID, 0,
                    "--link removes a name and no container; it does not go with --" + std::string(flag)
                        + "\n  see: staithe rm --help" };
        }
        return for_each_operand(context, [&](std::string const& name) -> Result<std::string> {
            auto removed = context.client.remove("/containers/" + path_segment(name) + "?link=1");
            if (!removed && removed.error().code == STAITHE_CONFLICT)
                removed.error().message += "\n  a link is PARENT/ALIAS; see the names in: staithe ps -a";
            STAITHE_TRY(std::move(removed));
            return name;
        });
    }

} // namespace

Error explain_container(Error error)
{
    if (error.code == STAITHE_NOT_FOUND && error.message.find('\n') == error.message.npos)
        error.message += "\n  see: staithe ps -a";
    return error;
}

Result<int> for_each_operand(Context& context, std::function<Result<std::string>(std::string const&)> const& act)
{
    int code = 0;
    for (auto const& name : context.arguments.operands) {
        auto done = name.empty() ? Error { STAITHE_INVALID, 0, "an empty name was given" } : act(name);
        if (!done) {
            print_error(explain_container(std::move(done.error())).message);
            code = exit_failure;
        } else if (!done.value().empty()) {
            STAITHE_TRY(print(done.value() + "\n"));
        }
    }
    return code;
}

Result<int> ps(Context& context)
{
    auto const& arguments = context.arguments;
    std::vector<std::pair<std::string, std::string>> parameters;
    if (arguments.is_set("all"))
        parameters.emplace_back("all", "1");
    if (arguments.is_set("latest"))
        parameters.emplace_back("limit", "1");
    else if (arguments.has("last"))
        parameters.emplace_back("limit", std::to_string(STAITHE_TRY(parse_count(arguments.value("last")))));
    for (auto const* key : { "since", "before" }) {
        if (arguments.has(key))
            parameters.emplace_back(key, arguments.value(key));
    }
    bool const sizes = arguments.is_set("size");
    if (sizes)
        parameters.emplace_back("size", "1");
    bool const json = STAITHE_TRY(wants_json(arguments));
    auto const list = STAITHE_TRY(parse_list(context.client.get("/containers/json" + query(parameters))));
    if (json) {
        STAITHE_TRY(print(print_json(list) + "\n"));
        return 0;
    }
    bool const full = arguments.is_set("no-trunc");
    std::vector<std::string> headings { "CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES" };
    if (sizes)
        headings.push_back("SIZE");
    Table table(headings);
    std::string ids;
    for (size_t i = 0; i < list->size(); ++i) {
        auto cells = row(element(list, i), full, std::time(nullptr));
        ids += printable(cells.front()) + "\n";
        if (sizes)
            cells.push_back(size_of(element(list, i)));
        table.add(std::move(cells));
    }
    STAITHE_TRY(print(arguments.is_set("quiet") ? ids : table.text()));
    return 0;
}

Result<int> stop(Context& context)
{
    return timed_each(context, "stop");
}

Result<int> restart(Context& context)
{
    return timed_each(context, "restart");
}

Result<int> kill(Context& context)
{
    if (!context.arguments.has("signal"))
        return post_each(context, "kill");
    int const number = STAITHE_TRY(parse_signal(context.arguments.value("signal")));
    return post_each(context, "kill" + query({ { "signal", std::to_string(number) } }));
}

Result<int> wait(Context& context)
{
    return for_each_operand(context, [&](std::string const& name) -> Result<std::string> {
        auto const answer = STAITHE_TRY(parse_object(context.client.post(act_path(name, "wait"))));
        return std::to_string(number_of(answer, "StatusCode"));
    });
}

Result<int> remove(Context& context)
{
    auto const& arguments = context.arguments;
    if (arguments.is_set("link"))
        return remove_links(context);
    auto const volumes = arguments.is_set("volumes") ? "?v=1" : "";
    return for_each_operand(context, [&](std::string const& name) -> Result<std::string> {
        auto const path = "/containers/" + path_segment(name);
        auto removed = context.client.remove(path + volumes);
        if (!removed && removed.error().code == STAITHE_CONFLICT) {
            if (!arguments.is_set("force")) {
                removed.error().message += "\n  try: staithe stop " + name + ", or: staithe rm -f " + name;
                return removed.error();
            }
            STAITHE_TRY(context.client.post(path + "/kill"));
            removed = context.client.remove(path + volumes);
        }
        STAITHE_TRY(std::move(removed));
        return name;
    });
}

} // namespace staithe::cli::commands
