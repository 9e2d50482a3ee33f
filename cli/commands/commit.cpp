// staithe commit.
#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/specs.hpp"

namespace staithe::cli::commands {

namespace {

    /// What --config, or Docker's --run, says; nothing for an image without a configuration of its own.
    Result<std::string> config_body(Arguments const& arguments)
    {
        if (arguments.has("config") && arguments.has("run"))
            return Error { STAITHE_INVALID, 0, "--run is another name of --config; use one of them" };
        auto text = arguments.value(arguments.has("run") ? "run" : "config");
        if (text.empty())
            return text;
        auto const value = parse_json(text);
        if (!value || value.value().type() != typeid(Poco::JSON::Object::Ptr))
            return Error { STAITHE_INVALID, 0,
                "cannot use configuration '" + text
                    + "': it is no JSON object\n  write such as '{\"Cmd\":[\"/bin/sh\"],\"Env\":[\"LANG=C\"]}'" };
        return text;
    }

} // namespace

Result<int> commit(Context& context)
{
    auto const& arguments = context.arguments;
    auto const& operands = arguments.operands;
    std::vector<std::pair<std::string, std::string>> parameters { { "container", operands[0] } };
    if (operands.size() > 1) {
        auto const name = STAITHE_TRY(parse_image_name(operands[1]));
        parameters.emplace_back("repo", name.repository);
        if (!name.tag.empty())
            parameters.emplace_back("tag", name.tag);
    }
    if (arguments.has("author"))
        parameters.emplace_back("author", arguments.value("author"));
    if (arguments.has("message"))
        parameters.emplace_back("comment", arguments.value("message"));
    auto const body = STAITHE_TRY(config_body(arguments));
    auto committed = context.client.post("/commit" + query(parameters), body);
    if (!committed)
        return explain_container(std::move(committed.error()));
    auto const id = text_of(STAITHE_TRY(parse_object(committed)), "Id");
    if (id.empty())
        return Error { STAITHE_CORRUPT, 0, "the daemon made an image but did not say which" };
    STAITHE_TRY(print(printable(id) + "\n"));
    return 0;
}

} // namespace staithe::cli::commands
