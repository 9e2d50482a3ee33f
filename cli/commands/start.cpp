// staithe start: containers as they are, or with what the API takes at start.
#include <unistd.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/container_body.hpp"
#include "cli/commands/facts.hpp"
#include "cli/session.hpp"
#include "cli/signals.hpp"

namespace staithe::cli::commands {

namespace {

    Result<int> start_attached(Context& context, std::string const& name, std::string const& body, Session& session)
    {
        auto streams = STAITHE_TRY(session.open_streams());
        STAITHE_TRY(session.take_terminal());
        STAITHE_TRY(context.client.post("/containers/" + path_segment(name) + "/start", body));
        session.started();
        return session.follow(std::move(streams));
    }

    Result<int> attach_and_start(Context& context, std::string const& body)
    {
        auto const& operands = context.arguments.operands;
        if (operands.size() > 1)
            return Error { STAITHE_INVALID, 0, "-a and -i are for one container\n  see: staithe start --help" };
        auto const facts = STAITHE_TRY(look_up(context.client, operands.front()));
        if (facts.running)
            return Error { STAITHE_CONFLICT, 0,
                "container '" + operands.front() + "' runs already\n  to see it: staithe attach " + operands.front() };
        bool const in = context.arguments.is_set("interactive");
        if (in && !facts.open_stdin)
            return Error { STAITHE_INVALID, 0,
                "container '" + operands.front() + "' was made without an input\n  leave -i out" };
        if (in && facts.tty && !::isatty(STDIN_FILENO))
            return Error { STAITHE_INVALID, 0, "standard input is no terminal, as the container's is\n  leave -i out" };
        Session session(context.client, { facts.tty, in, true, true, false, facts.stdin_once });
        auto const watch = STAITHE_TRY(SignalWatch::create([&](int number) { session.on_signal(number); }));
        session.created(facts.id);
        return start_attached(context, facts.id, body, session);
    }

} // namespace

Result<int> start(Context& context)
{
    auto const& arguments = context.arguments;
    auto const body = STAITHE_TRY(host_config_body(arguments));
    if (arguments.is_set("attach") || arguments.is_set("interactive"))
        return attach_and_start(context, body);
    return for_each_operand(context, [&](std::string const& name) -> Result<std::string> {
        STAITHE_TRY(context.client.post("/containers/" + path_segment(name) + "/start", body));
        return name;
    });
}

} // namespace staithe::cli::commands
