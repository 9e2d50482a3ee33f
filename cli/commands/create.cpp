// staithe create.
#include "cli/commands/create.hpp"

#include "cli/cid_file.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/container_body.hpp"
#include "cli/json.hpp"

namespace staithe::cli::commands {

Result<std::string> create_container(Client const& client, Arguments const& arguments, std::string const& body)
{
    std::vector<std::pair<std::string, std::string>> parameters;
    if (auto const name = arguments.value("name"); !name.empty())
        parameters.emplace_back("name", name);
    auto answer = client.post("/containers/create" + query(parameters), body);
    if (!answer && answer.error().code == STAITHE_NOT_FOUND) {
        answer.error().message +=
            "\n  see: staithe images; to make it from an archive: staithe import FILE " + arguments.operands.front();
        return answer.error();
    }
    auto const created = STAITHE_TRY(parse_object(answer));
    auto const warnings = list_of(created, "Warnings");
    for (unsigned i = 0; !warnings.isNull() && i < warnings->size(); ++i)
        print_error("warning: " + warnings->getElement<std::string>(i));
    auto id = text_of(created, "Id");
    if (id.empty())
        return Error { STAITHE_CORRUPT, 0, "the daemon made a container but did not say which" };
    return id;
}

Result<int> create(Context& context)
{
    auto const& arguments = context.arguments;
    auto const streams = STAITHE_TRY(wanted_streams(arguments));
    auto const body = STAITHE_TRY(whole_body(arguments, streams));
    auto cid_file = STAITHE_TRY(CidFile::create(arguments.value("cidfile")));
    auto const id = STAITHE_TRY(create_container(context.client, arguments, body));
    STAITHE_TRY(cid_file.write(id));
    STAITHE_TRY(print(id + "\n"));
    return 0;
}

} // namespace staithe::cli::commands
