#include "cli/command.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "cli/format.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"

namespace staithe::cli {

namespace {

    constexpr Option host_option { 'H', "host", Option::Kind::Value, "HOST",
        "the daemon: unix:///PATH or tcp://NAME:PORT" };
    constexpr Option help_option { 'h', "help", Option::Kind::Flag, "", "show this help" };
    constexpr Option version_option { 'v', "version", Option::Kind::Flag, "", "show the version of this program" };

    Error usage(Error error, std::string_view command)
    {
        error.message += "\n  see: staithe ";
        error.message += command.empty() ? "--help" : std::string(command) + " --help";
        return error;
    }

    std::vector<Option> all_options(Command const& command)
    {
        std::vector<Option> options(command.options.begin(), command.options.end());
        options.push_back(host_option);
        options.push_back(help_option);
        return options;
    }

    Error unknown_command(std::string const& name)
    {
        std::vector<std::string_view> names;
        for (auto const& command : all_commands())
            names.push_back(command.name);
        auto const near = nearest(name, names);
        Error error { STAITHE_INVALID, 0, "unknown command '" + name + "'" };
        if (!near.empty())
            error.message += "; did you mean '" + near + "'?";
        return usage(std::move(error), {});
    }

    Result<void> check_operands(Command const& command, Arguments const& arguments)
    {
        size_t const count = arguments.operands.size();
        std::string const name(command.name);
        if (count < command.least) {
            return usage({ STAITHE_INVALID, 0,
                             "'" + name + "' needs " + (count ? "more: " : "") + std::string(command.operands) },
                name);
        }
        if (count > command.most) {
            return usage(
                { STAITHE_INVALID, 0, "'" + name + "' has no use for '" + arguments.operands[command.most] + "'" },
                name);
        }
        if (std::find(arguments.operands.begin(),
                arguments.operands.begin() + static_cast<std::ptrdiff_t>(command.least), std::string())
            != arguments.operands.begin() + static_cast<std::ptrdiff_t>(command.least))
            return usage({ STAITHE_INVALID, 0, "an empty name was given to '" + name + "'" }, name);
        return {};
    }

    Result<int> help(std::vector<std::string> const& operands)
    {
        if (operands.empty()) {
            STAITHE_TRY(print(general_help()));
            return 0;
        }
        auto const* command = find_command(operands.front());
        if (!command)
            return unknown_command(operands.front());
        STAITHE_TRY(print(command_help(*command)));
        return 0;
    }

    Result<int> run_command(
        Command const& command, std::span<std::string const> words, std::optional<std::string> host_flag)
    {
        auto const options = all_options(command);
        auto parsed = parse_flags(words, options, command.order);
        if (!parsed)
            return usage(std::move(parsed.error()), command.name);
        auto& arguments = parsed.value();
        if (arguments.is_set("help"))
            return help({ std::string(command.name) });
        if (auto checked = check_operands(command, arguments); !checked)
            return checked.error();
        if (arguments.has("host"))
            host_flag = arguments.value("host");
        Context context { Client(STAITHE_TRY(choose_host(host_flag, ::getenv))), std::move(arguments) };
        return command.run(context);
    }

    Result<int> dispatch(std::vector<std::string> const& words)
    {
        static constexpr Option options[] = { host_option, help_option, version_option };
        auto parsed = parse_flags(words, options, OperandOrder::First);
        if (!parsed)
            return usage(std::move(parsed.error()), {});
        auto const& arguments = parsed.value();
        if (arguments.is_set("version")) {
            STAITHE_TRY(print("staithe " STAITHE_VERSION "\n"));
            return 0;
        }
        auto const& operands = arguments.operands;
        if (operands.empty() || operands.front() == "help" || arguments.is_set("help")) {
            bool const named = !operands.empty() && operands.front() == "help";
            return help({ operands.begin() + (named ? 1 : 0), operands.end() });
        }
        auto const* command = find_command(operands.front());
        if (!command)
            return unknown_command(operands.front());
        auto host = arguments.has("host") ? std::optional(arguments.value("host")) : std::nullopt;
        return run_command(*command, std::span(operands).subspan(1), std::move(host));
    }

    std::string option_spelling(Option const& option)
    {
        std::string text = option.letter ? std::string("-") + option.letter + ", --" : std::string("    --");
        text += option.name;
        if (option.kind != Option::Kind::Flag)
            text += " " + std::string(option.value_name);
        return text;
    }

} // namespace

Command const* find_command(std::string_view name)
{
    auto const all = all_commands();
    auto const found = std::find_if(all.begin(), all.end(), [&](auto& c) { return c.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::string general_help()
{
    std::string text =
        "usage: staithe [-H HOST] COMMAND [ARGUMENT…]\n\nRuns containers through the staithe daemon.\n\n";
    for (auto const& command : all_commands())
        text += "  " + std::string(command.name) + std::string(12 - command.name.size(), ' ')
            + std::string(command.summary) + "\n";
    text += "  help        Explain a command: staithe help run\n\n"
            "The daemon is found through -H, else STAITHE_HOST, else DOCKER_HOST, else\n"
            "unix:///run/staithe/staithe.sock.\n";
    return text;
}

std::string command_help(Command const& command)
{
    std::string text = "usage: staithe " + std::string(command.name) + " [FLAG…]";
    if (!command.operands.empty())
        text += " " + std::string(command.operands);
    text += "\n\n" + std::string(command.summary) + ".\n";
    if (!command.details.empty())
        text += "\n" + std::string(command.details);
    text += "\n";
    for (auto const& option : all_options(command)) {
        if (option.name == "help"
            && std::any_of(command.options.begin(), command.options.end(), [](auto& o) { return o.letter == 'h'; })) {
            text += "      --help                " + std::string(option.help) + "\n";
            continue;
        }
        auto const spelling = option_spelling(option);
        text += "  " + spelling + std::string(spelling.size() < 24 ? 26 - spelling.size() : 2, ' ')
            + std::string(option.help) + "\n";
    }
    return text;
}

void print_error(std::string_view message)
{
    std::string text = "staithe: ";
    while (!message.empty()) {
        auto const end = message.find('\n');
        text += printable(message.substr(0, end)) + "\n";
        message.remove_prefix(end == message.npos ? message.size() : end + 1);
    }
    std::fputs(text.c_str(), stderr);
}

Result<void> print(std::string_view text)
{
    return write_all(STDOUT_FILENO, text, "standard output");
}

Result<bool> wants_json(Arguments const& arguments)
{
    auto const format = arguments.value("format");
    if (format.empty() || format == "table")
        return false;
    if (format == "json")
        return true;
    return Error { STAITHE_INVALID, 0, "unknown format '" + format + "'\n  the formats are 'table' and 'json'" };
}

int run_program(std::vector<std::string> const& words)
{
    auto const code = dispatch(words);
    if (code)
        return code.value();
    // Whoever closed our output (staithe ps | head -1) knows about it.
    if (code.error().sys_errno == EPIPE && code.error().message.starts_with("cannot write standard output"))
        return exit_signal_base + SIGPIPE;
    print_error(code.error().message);
    return exit_failure;
}

} // namespace staithe::cli
