// staithe run: create → attach → start → stream → wait.
#include <unistd.h>

#include "cli/cid_file.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/container_body.hpp"
#include "cli/commands/create.hpp"
#include "cli/session.hpp"
#include "cli/signals.hpp"

namespace staithe::cli::commands {

namespace {

    struct Plan {
        Streams streams;
        std::string config, host_config; // the bodies of create and start
        bool detach = false, tty = false, remove = false;

        bool waits() const { return streams.out || streams.err; }
    };

    Error conflict(std::string message)
    {
        return { STAITHE_INVALID, 0, std::move(message) + "\n  see: staithe run --help" };
    }

    Result<Plan> make_plan(Arguments const& arguments)
    {
        Plan plan;
        plan.detach = arguments.is_set("detach");
        plan.tty = arguments.is_set("tty");
        plan.remove = arguments.is_set("rm");
        if (plan.detach && plan.remove)
            return conflict("--rm and -d exclude each other: nobody would be there to remove the container");
        if (plan.detach && arguments.has("attach"))
            return conflict("-a and -d exclude each other");
        plan.streams = plan.detach ? Streams {} : STAITHE_TRY(wanted_streams(arguments));
        if (plan.remove && !plan.waits())
            return conflict("--rm needs an output to wait for: -a stdout or -a stderr");
        if (plan.tty && plan.streams.in && !::isatty(STDIN_FILENO))
            return Error { STAITHE_INVALID, 0, "standard input is no terminal\n  to send data, use -i without -t" };
        plan.config = STAITHE_TRY(config_body(arguments, plan.streams));
        plan.host_config = STAITHE_TRY(host_config_body(arguments));
        return plan;
    }

    Result<std::string> create(Context const& context, Plan const& plan, CidFile& cid_file)
    {
        auto id = STAITHE_TRY(create_container(context.client, context.arguments, plan.config));
        STAITHE_TRY(cid_file.write(id));
        return id;
    }

    Result<void> start_container(Client const& client, Plan const& plan, std::string const& id)
    {
        STAITHE_TRY(client.post("/containers/" + path_segment(id) + "/start", plan.host_config));
        return {};
    }

    Result<int> run_attached(Context const& context, Plan const& plan, CidFile& cid_file, Session& session)
    {
        auto const& client = context.client;
        auto const id = STAITHE_TRY(create(context, plan, cid_file));
        session.created(id);
        if (int const number = session.early_signal()) {
            STAITHE_TRY(client.remove("/containers/" + path_segment(id) + "?v=1"));
            return exit_signal_base + number;
        }
        auto streams = STAITHE_TRY(session.open_streams());
        STAITHE_TRY(session.take_terminal());
        STAITHE_TRY(start_container(client, plan, id));
        session.started();
        if (!plan.waits())
            STAITHE_TRY(print(id + "\n"));
        return session.follow(std::move(streams));
    }

} // namespace

Result<int> run(Context& context)
{
    auto const plan = STAITHE_TRY(make_plan(context.arguments));
    auto cid_file = STAITHE_TRY(CidFile::create(context.arguments.value("cidfile")));
    if (plan.detach) {
        auto const id = STAITHE_TRY(create(context, plan, cid_file));
        STAITHE_TRY(start_container(context.client, plan, id));
        STAITHE_TRY(print(id + "\n"));
        return 0;
    }
    auto const& streams = plan.streams;
    Session session(context.client, { plan.tty, streams.in, streams.out, streams.err, plan.remove, true });
    auto const watch = STAITHE_TRY(SignalWatch::create([&](int number) { session.on_signal(number); }));
    auto const code = run_attached(context, plan, cid_file, session);
    auto const cleaned = session.clean_up();
    if (code && !cleaned)
        return cleaned.error();
    if (!cleaned)
        print_error(cleaned.error().message);
    return code;
}

} // namespace staithe::cli::commands
