#include "cli/commands/facts.hpp"

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"

namespace staithe::cli::commands {

Result<Facts> look_up(Client const& client, std::string const& name)
{
    auto answer = client.get("/containers/" + path_segment(name) + "/json");
    if (!answer)
        return explain_container(std::move(answer.error()));
    auto const details = STAITHE_TRY(parse_object(answer.value()));
    auto const state = object_of(details, "State");
    auto const config = object_of(details, "Config");
    Facts facts;
    facts.id = text_of(details, "ID").substr(0, 12);
    if (facts.id.empty())
        facts.id = name;
    facts.running = flag_of(state, "Running");
    facts.ended = !facts.running && !text_of(state, "StartedAt").starts_with("0001-");
    facts.tty = flag_of(config, "Tty");
    facts.open_stdin = flag_of(config, "OpenStdin");
    facts.stdin_once = flag_of(config, "StdinOnce");
    return facts;
}

} // namespace staithe::cli::commands
