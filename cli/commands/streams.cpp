// staithe attach, logs and export: a container's bytes.
#include <signal.h>
#include <unistd.h>

#include <optional>

#include "cli/commands/commands.hpp"
#include "cli/commands/facts.hpp"
#include "cli/output.hpp"
#include "cli/output_file.hpp"
#include "cli/pump.hpp"
#include "cli/session.hpp"
#include "cli/signals.hpp"

namespace staithe::cli::commands {

namespace {

    Result<int> json_logs(Context& context, std::string const& name)
    {
        if (context.arguments.is_set("follow"))
            return Error { STAITHE_INVALID, 0,
                "'--format json' shows what is stored and cannot follow\n  leave -f out" };
        auto shown = context.client.get_stream("/staithe/v1/containers/" + path_segment(name) + "/logs", print);
        if (!shown)
            return explain_container(std::move(shown.error()));
        return 0;
    }

} // namespace

Result<int> attach(Context& context)
{
    auto const name = context.arguments.operands.front();
    auto const facts = STAITHE_TRY(look_up(context.client, name));
    if (facts.ended)
        return Error { STAITHE_CONFLICT, 0,
            "container '" + name + "' does not run\n  its output: staithe logs " + name
                + "; to run it again: staithe start " + name };
    bool const in = facts.open_stdin && !context.arguments.is_set("no-stdin");
    Session session(context.client, { facts.tty, in, true, true, false, facts.stdin_once });
    auto const watch = STAITHE_TRY(SignalWatch::create([&](int number) { session.on_signal(number); }));
    session.created(facts.id);
    auto streams = STAITHE_TRY(session.open_streams());
    STAITHE_TRY(session.take_terminal());
    session.started();
    return session.follow(std::move(streams));
}

Result<int> logs(Context& context)
{
    auto const name = context.arguments.operands.front();
    if (STAITHE_TRY(wants_json(context.arguments)))
        return json_logs(context, name);
    auto const facts = STAITHE_TRY(look_up(context.client, name));
    // A stream from a container that has ended would wait for its next start.
    bool const follow = context.arguments.is_set("follow") && !facts.ended;
    auto streams = STAITHE_TRY(context.client.attach("/containers/" + path_segment(facts.id) + "/attach"
        + query({ { "logs", "1" }, { "stream", follow ? "1" : "0" }, { "stdout", "1" }, { "stderr", "1" } })));
    auto const end = STAITHE_TRY(pump(streams, { -1, STDOUT_FILENO, STDERR_FILENO, !facts.tty }));
    return end.output_lost ? exit_signal_base + SIGPIPE : 0;
}

Result<int> export_tree(Context& context)
{
    auto const name = context.arguments.operands.front();
    auto const path = context.arguments.value("output");
    if (path.empty() && ::isatty(STDOUT_FILENO))
        return Error { STAITHE_INVALID, 0, "an archive is no text for a terminal\n  use -o FILE, or redirect" };
    std::optional<OutputFile> file;
    if (!path.empty())
        file.emplace(STAITHE_TRY(OutputFile::create(path, 0600)));
    int const fd = file ? file->fd() : STDOUT_FILENO;
    auto const done = context.client.get_stream("/containers/" + path_segment(name) + "/export",
        [fd](std::string_view bytes) { return write_all(fd, bytes, "the archive"); });
    if (!done)
        return explain_container(done.error());
    if (file)
        file->keep();
    return 0;
}

} // namespace staithe::cli::commands
