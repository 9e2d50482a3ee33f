#include "daemon/build/interpret.hpp"

#include <algorithm>

#include "daemon/build/expand.hpp"
#include "daemon/build/flags.hpp"
#include "daemon/build/heredoc.hpp"
#include "daemon/build/json_array.hpp"
#include "daemon/build/limits.hpp"
#include "daemon/build/readers.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    bool is_stage_name(std::string_view name)
    {
        auto const letter = [](char c) { return c >= 'a' && c <= 'z'; };
        auto const other = [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; };
        return !name.empty() && letter(name.front())
            && std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || other(c); });
    }

    Result<Instruction> read_from(Statement const& statement, char escape)
    {
        From from;
        auto const words = fields(STAITHE_TRY(read_flags(statement, escape, { { "platform", &from.platform } })));
        if (words.size() != 1 && (words.size() != 3 || upper(words[1]) != "AS"))
            return statement.problem("FROM requires either one or three arguments");
        from.base = words[0];
        from.stage = words.size() == 3 ? lower(words[2]) : std::string();
        if (words.size() == 3 && !is_stage_name(from.stage))
            return statement.problem(
                "invalid name for build stage: '" + words[2] + "', name can't start with a number or contain symbols");
        return Instruction(std::move(from));
    }

    Result<Instruction> read_maintainer(Statement const& statement, char)
    {
        return Instruction(Maintainer { statement.arguments });
    }

    Result<void> refuse(Statement const& statement, std::string const& flag, std::string_view harmless)
    {
        if (flag.empty() || flag == harmless)
            return {};
        return Error { STAITHE_UNSUPPORTED, 0, statement.problem("RUN --" + flag + " is not supported").message };
    }

    Result<std::string_view> read_run_flags(Statement const& statement, char escape)
    {
        std::string network, security;
        std::vector<std::string> mounts, devices;
        auto const rest = STAITHE_TRY(read_flags(statement, escape,
            { { "network", &network }, { "security", &security }, { "mount", nullptr, nullptr, &mounts },
                { "device", nullptr, nullptr, &devices } }));
        STAITHE_TRY(refuse(statement, network.empty() ? "" : "network=" + network, "network=default"));
        STAITHE_TRY(refuse(statement, security.empty() ? "" : "security=" + security, "security=sandbox"));
        STAITHE_TRY(refuse(statement, mounts.empty() ? "" : "mount=" + mounts.front(), ""));
        STAITHE_TRY(refuse(statement, devices.empty() ? "" : "device=" + devices.front(), ""));
        return rest;
    }

    Result<Instruction> read_run(Statement const& statement, char escape)
    {
        auto const rest = STAITHE_TRY(read_run_flags(statement, escape));
        Run run;
        run.command = STAITHE_TRY(command_line(statement, rest));
        if (rest.empty() || run.command.words.empty())
            return statement.problem("RUN requires at least one argument");
        if (statement.heredocs.empty())
            return Instruction(std::move(run));
        auto& text = run.command.words.front();
        bool const alone = is_only_heredoc(heredoc_marks(rest));
        text = alone ? statement.heredocs.front().content : with_heredocs(rest, statement.heredocs);
        run.is_script = alone && text.starts_with("#!");
        if (text.size() > limits::text_bytes && !run.is_script)
            return statement.problem("longer than " + std::to_string(limits::text_bytes) + " bytes");
        return Instruction(std::move(run));
    }

    Result<Instruction> read_cmd(Statement const& statement, char)
    {
        return Instruction(Cmd { STAITHE_TRY(command_line(statement, statement.arguments)) });
    }

    Result<Instruction> read_entrypoint(Statement const& statement, char)
    {
        return Instruction(
            Entrypoint { STAITHE_TRY(command_line(statement, statement.arguments)), statement.arguments });
    }

    Result<Instruction> read_expose(Statement const& statement, char)
    {
        return Instruction(Expose { fields(statement.arguments) });
    }

    Result<Instruction> read_user(Statement const& statement, char)
    {
        return Instruction(User { statement.arguments });
    }

    Result<Instruction> read_workdir(Statement const& statement, char)
    {
        return Instruction(Workdir { statement.arguments });
    }

    Result<Instruction> read_stop_signal(Statement const& statement, char)
    {
        return Instruction(StopSignal { statement.arguments });
    }

    Result<Instruction> read_volume(Statement const& statement, char)
    {
        auto const list = json_strings(statement.arguments);
        Volume volume { list ? *list : fields(statement.arguments), statement.arguments };
        if (volume.paths.empty())
            return statement.problem("VOLUME requires at least one argument");
        for (auto const& path : volume.paths)
            if (path.find('\0') != path.npos)
                return statement.problem("a NUL in a path");
        return Instruction(std::move(volume));
    }

    Result<Instruction> read_on_build(Statement const& statement, char)
    {
        auto const words = fields(statement.arguments);
        auto const name = upper(words.front());
        if (name == "ONBUILD")
            return statement.problem("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        if (name == "FROM" || name == "MAINTAINER")
            return statement.problem(name + " isn't allowed as an ONBUILD trigger");
        if (words.size() == 1)
            return known("Invalid Dockerfile format");
        return Instruction(OnBuild { with_heredocs(statement.arguments, statement.heredocs) });
    }

    Result<Instruction> read_shell(Statement const& statement, char)
    {
        auto words = json_strings(statement.arguments);
        if (!words)
            return statement.problem("SHELL requires the arguments to be in JSON form");
        if (words->empty())
            return statement.problem("SHELL requires at least one argument");
        return Instruction(Shell { STAITHE_TRY(command_line(statement, statement.arguments)).words });
    }

    Result<Instruction> refuse_insert(Statement const&, char)
    {
        return known("INSERT has been deprecated. Please use ADD instead");
    }

    struct Reader {
        std::string_view name;
        Result<Instruction> (*read)(Statement const&, char escape);
    };

    constexpr Reader readers[] = { { "FROM", read_from }, { "MAINTAINER", read_maintainer }, { "RUN", read_run },
        { "CMD", read_cmd }, { "ENTRYPOINT", read_entrypoint }, { "ENV", read_env }, { "LABEL", read_label },
        { "EXPOSE", read_expose }, { "USER", read_user }, { "WORKDIR", read_workdir }, { "VOLUME", read_volume },
        { "ADD", read_copy }, { "COPY", read_copy }, { "ONBUILD", read_on_build }, { "ARG", read_arg },
        { "SHELL", read_shell }, { "STOPSIGNAL", read_stop_signal }, { "HEALTHCHECK", read_health_check },
        { "INSERT", refuse_insert } };

} // namespace

Result<CommandLine> command_line(Statement const& statement, std::string_view arguments)
{
    auto list = json_strings(arguments);
    if (!list)
        return CommandLine { { std::string(arguments) }, true };
    for (auto const& word : *list)
        if (word.find('\0') != word.npos)
            return statement.problem("a NUL in an argument of a program");
    return CommandLine { std::move(*list), false };
}

Result<Instruction> interpret(Statement const& statement, char escape)
{
    if (statement.arguments.empty())
        return known("Invalid Dockerfile format");
    for (auto const& reader : readers)
        if (reader.name == statement.name)
            return reader.read(statement, escape);
    return Instruction(Unknown { statement.name });
}

Result<Instruction> prepare(Statement const& statement, Scope const& scope)
{
    auto expanded = expand(STAITHE_TRY(interpret(statement, scope.escape())), scope);
    if (!expanded)
        expanded.error().message = statement.problem(expanded.error().message).message;
    return expanded;
}

} // namespace staithe::build
