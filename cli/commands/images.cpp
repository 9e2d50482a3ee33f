// staithe images, history, tag, rmi.
#include <ctime>

#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/session.hpp"
#include "cli/specs.hpp"
#include "cli/table.hpp"

namespace staithe::cli::commands {

namespace {

    using ObjectPtr = Poco::JSON::Object::Ptr;

    std::string or_none(std::string text)
    {
        return text.empty() ? "<none>" : text;
    }

    std::string id_of(ObjectPtr const& record, bool full)
    {
        return text_of(record, "Id").substr(0, full ? std::string::npos : 12);
    }

    std::vector<std::string> list_row(ObjectPtr const& record, bool full, int64_t now)
    {
        return { or_none(text_of(record, "Repository")), or_none(text_of(record, "Tag")), id_of(record, full),
            human_age(number_of(record, "Created"), now), human_size(number_of(record, "VirtualSize")) };
    }

    std::vector<std::string> history_row(ObjectPtr const& record, bool full, int64_t now)
    {
        auto const command = text_of(record, "CreatedBy");
        return { id_of(record, full), human_age(number_of(record, "Created"), now),
            full ? command : shortened(command, 45), human_size(number_of(record, "Size")),
            comma_list(texts_of(record, "Tags")) };
    }

    /// Rows as a table, as the ids in column `id`, or as the daemon gave them.
    Result<int> show(Context& context, std::string const& path, std::vector<std::string> headings, size_t id,
        std::vector<std::string> (*row)(ObjectPtr const&, bool full, int64_t now))
    {
        auto const& arguments = context.arguments;
        bool const json = STAITHE_TRY(wants_json(arguments));
        auto answer = context.client.get(path);
        if (!answer)
            return explain_image(std::move(answer.error()));
        auto const list = STAITHE_TRY(parse_list(answer));
        if (json) {
            STAITHE_TRY(print(print_json(list) + "\n"));
            return 0;
        }
        Table table(std::move(headings));
        std::string ids;
        for (size_t i = 0; i < list->size(); ++i) {
            auto cells = row(element(list, i), arguments.is_set("no-trunc"), std::time(nullptr));
            ids += printable(cells[id]) + "\n";
            table.add(std::move(cells));
        }
        STAITHE_TRY(print(arguments.is_set("quiet") ? ids : table.text()));
        return 0;
    }

    Error explain_removal(Error error)
    {
        if (error.code != STAITHE_CONFLICT)
            return explain_image(std::move(error));
        auto const reason = error.message.find(" wasn't deleted: ");
        if (reason == error.message.npos)
            error.message += "\n  it has names in several repositories, or other images need it; see: staithe tree";
        else if (error.message.find("container '", reason) != error.message.npos)
            error.message += "\n  remove the container first: staithe ps -a, staithe rm";
        return error;
    }

    Result<void> print_steps(std::string const& answer)
    {
        if (answer.empty()) // 204, of a daemon before 1.2
            return {};
        auto const steps = STAITHE_TRY(parse_list(answer));
        for (size_t i = 0; i < steps->size(); ++i) {
            for (auto const* what : { "Untagged", "Deleted" }) {
                if (auto const id = text_of(element(steps, i), what); !id.empty())
                    STAITHE_TRY(print(std::string(what) + ": " + printable(id) + "\n"));
            }
        }
        return {};
    }

} // namespace

Error explain_image(Error error)
{
    if (error.code == STAITHE_NOT_FOUND && error.message.find('\n') == error.message.npos)
        error.message += "\n  see: staithe images -a";
    return error;
}

Result<int> images(Context& context)
{
    auto const& arguments = context.arguments;
    std::vector<std::pair<std::string, std::string>> parameters;
    if (arguments.is_set("all"))
        parameters.emplace_back("all", "1");
    if (!arguments.operands.empty())
        parameters.emplace_back("filter", arguments.operands.front());
    return show(context, "/images/json" + query(parameters), { "REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE" }, 2,
        list_row);
}

Result<int> history(Context& context)
{
    return show(context, "/images/" + path_segment(context.arguments.operands.front()) + "/history",
        { "IMAGE", "CREATED", "CREATED BY", "SIZE", "TAGS" }, 0, history_row);
}

Result<int> tag(Context& context)
{
    auto const& operands = context.arguments.operands;
    auto const name = STAITHE_TRY(parse_image_name(operands[1]));
    std::vector<std::pair<std::string, std::string>> parameters { { "repo", name.repository } };
    if (!name.tag.empty())
        parameters.emplace_back("tag", name.tag);
    if (context.arguments.is_set("force"))
        parameters.emplace_back("force", "1");
    auto tagged = context.client.post("/images/" + path_segment(operands[0]) + "/tag" + query(parameters));
    if (!tagged)
        return explain_image(std::move(tagged.error()));
    return 0;
}

Result<int> remove_image(Context& context)
{
    int code = 0;
    for (auto const& name : context.arguments.operands) {
        auto removed = name.empty() ? Error { STAITHE_INVALID, 0, "an empty name was given" }
                                    : context.client.remove("/images/" + path_segment(name));
        if (removed) {
            STAITHE_TRY(print_steps(removed.value()));
            continue;
        }
        print_error(explain_removal(std::move(removed.error())).message);
        code = exit_failure;
    }
    return code;
}

} // namespace staithe::cli::commands
