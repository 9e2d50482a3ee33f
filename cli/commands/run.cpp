// staithe run: create → attach → start → stream → wait.
#include <unistd.h>

#include <cstdlib>

#include "cli/commands/commands.hpp"
#include "cli/format.hpp"
#include "cli/json.hpp"
#include "cli/session.hpp"
#include "cli/signals.hpp"

namespace staithe::cli::commands {

namespace {

    struct Plan {
        std::string image, name, body;
        bool detach = false, tty = false, in = false, remove = false, privileged = false;
    };

    Poco::JSON::Array::Ptr json_list(std::vector<std::string> const& items)
    {
        Poco::JSON::Array::Ptr list(new Poco::JSON::Array);
        for (auto const& item : items)
            list->add(item);
        return list;
    }

    /// K=V as it is; K alone with this process's value, or left out when there is none.
    std::vector<std::string> environment(std::vector<std::string> const& given)
    {
        std::vector<std::string> out;
        for (auto const& entry : given) {
            char const* const value = entry.find('=') == entry.npos ? ::getenv(entry.c_str()) : "";
            if (value)
                out.push_back(entry.find('=') == entry.npos ? entry + "=" + value : entry);
        }
        return out;
    }

    Result<std::string> create_body(Arguments const& arguments, Plan const& plan)
    {
        auto const& operands = arguments.operands;
        bool const attached = !plan.detach;
        Poco::JSON::Object::Ptr body(new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER));
        body->set("Hostname", arguments.value("hostname"));
        body->set("User", arguments.value("user"));
        if (arguments.has("memory"))
            body->set("Memory", static_cast<Poco::Int64>(STAITHE_TRY(parse_size(arguments.value("memory")))));
        body->set("AttachStdin", attached && plan.in);
        body->set("AttachStdout", attached);
        body->set("AttachStderr", attached);
        body->set("Tty", plan.tty);
        body->set("OpenStdin", plan.in);
        body->set("StdinOnce", attached && plan.in);
        body->set("Env", json_list(environment(arguments.values("env"))));
        if (operands.size() > 1)
            body->set("Cmd", json_list({ operands.begin() + 1, operands.end() }));
        if (arguments.has("entrypoint"))
            body->set("Entrypoint", json_list({ arguments.value("entrypoint") }));
        body->set("Image", plan.image);
        body->set("WorkingDir", arguments.value("workdir"));
        return print_json(body);
    }

    Error conflict(std::string message)
    {
        return { STAITHE_INVALID, 0, std::move(message) + "\n  see: staithe run --help" };
    }

    Result<Plan> make_plan(Arguments const& arguments)
    {
        Plan plan;
        plan.image = arguments.operands.front();
        plan.name = arguments.value("name");
        plan.detach = arguments.is_set("detach");
        plan.tty = arguments.is_set("tty");
        plan.in = arguments.is_set("interactive");
        plan.remove = arguments.is_set("rm");
        plan.privileged = arguments.is_set("privileged");
        if (plan.detach && plan.remove)
            return conflict("--rm and -d exclude each other: nobody would be there to remove the container");
        if (plan.tty && plan.in && !plan.detach && !::isatty(STDIN_FILENO))
            return Error { STAITHE_INVALID, 0, "standard input is no terminal\n  to send data, use -i without -t" };
        plan.body = STAITHE_TRY(create_body(arguments, plan));
        return plan;
    }

    Result<std::string> create(Client const& client, Plan const& plan)
    {
        std::vector<std::pair<std::string, std::string>> parameters;
        if (!plan.name.empty())
            parameters.emplace_back("name", plan.name);
        auto answer = client.post("/containers/create" + query(parameters), plan.body);
        if (!answer && answer.error().code == STAITHE_NOT_FOUND) {
            answer.error().message +=
                "\n  see: staithe images; to make it from an archive: staithe import FILE " + plan.image;
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

    Result<void> start_container(Client const& client, Plan const& plan, std::string const& id)
    {
        STAITHE_TRY(client.post(
            "/containers/" + path_segment(id) + "/start", plan.privileged ? R"({"Privileged":true})" : std::string()));
        return {};
    }

    Result<int> run_attached(Client const& client, Plan const& plan, Session& session)
    {
        auto const id = STAITHE_TRY(create(client, plan));
        session.created(id);
        if (int const number = session.early_signal()) {
            STAITHE_TRY(client.remove("/containers/" + path_segment(id)));
            return exit_signal_base + number;
        }
        auto streams = STAITHE_TRY(session.open_streams());
        STAITHE_TRY(session.take_terminal());
        STAITHE_TRY(start_container(client, plan, id));
        session.started();
        return session.follow(std::move(streams));
    }

} // namespace

Result<int> run(Context& context)
{
    auto const plan = STAITHE_TRY(make_plan(context.arguments));
    if (plan.detach) {
        auto const id = STAITHE_TRY(create(context.client, plan));
        STAITHE_TRY(start_container(context.client, plan, id));
        STAITHE_TRY(print(id + "\n"));
        return 0;
    }
    Session session(context.client, { plan.tty, plan.in, plan.remove, true });
    auto const watch = STAITHE_TRY(SignalWatch::create([&](int number) { session.on_signal(number); }));
    auto const code = run_attached(context.client, plan, session);
    auto const cleaned = session.clean_up();
    if (code && !cleaned)
        return cleaned.error();
    if (!cleaned)
        print_error(cleaned.error().message);
    return code;
}

} // namespace staithe::cli::commands
