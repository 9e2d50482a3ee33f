#include "shown.hpp"

#include "cases.hpp"
#include "daemon/build/interpret.hpp"
#include "daemon/build/parser.hpp"

using namespace staithe::build;

namespace {

std::string quoted(std::string_view text)
{
    std::string result = "|";
    for (char const c : text)
        result += c == '\n' ? std::string("\\n") : std::string(1, c);
    return result + "|";
}

std::string field(std::string_view name, std::string const& value)
{
    return value.empty() ? std::string() : " " + std::string(name) + " " + quoted(value);
}

std::string number(std::string_view name, int64_t value)
{
    return value == 0 ? std::string() : " " + std::string(name) + " " + std::to_string(value);
}

struct Shower {
    std::string operator()(From const& i) const
    {
        return "base " + quoted(i.base) + field("stage", i.stage) + field("platform", i.platform);
    }
    std::string operator()(Maintainer const& i) const { return "name " + quoted(i.name); }
    std::string operator()(Run const& i) const { return (i.is_script ? "script " : "") + command(i.command); }
    std::string operator()(Cmd const& i) const { return command(i.command); }
    std::string operator()(Entrypoint const& i) const { return command(i.command); }
    std::string operator()(Env const& i) const { return (i.form == Form::Era ? "2013 " : "") + pairs(i.values); }
    std::string operator()(Label const& i) const { return pairs(i.values); }
    std::string operator()(Expose const& i) const { return shown(i.ports); }
    std::string operator()(User const& i) const { return quoted(i.name); }
    std::string operator()(Workdir const& i) const { return quoted(i.path); }
    std::string operator()(Volume const& i) const { return shown(i.paths); }
    std::string operator()(Copy const& i) const
    {
        std::string text = (i.form == Form::Era ? "2013 " : "") + shown(i.sources);
        for (auto const& file : i.files)
            text += (text.empty() ? "" : " ") + std::string(file.expand ? "file " : "raw file ") + quoted(file.name)
                + " = " + quoted(file.content);
        text += " to " + quoted(i.destination) + field("from", i.from) + field("owner", i.owner) + field("mode", i.mode)
            + field("checksum", i.checksum);
        return text + (i.exclude.empty() ? "" : " exclude " + shown(i.exclude));
    }
    std::string operator()(OnBuild const& i) const { return quoted(i.trigger); }
    std::string operator()(Arg const& i) const
    {
        std::string text;
        for (auto const& argument : i.arguments)
            text += (text.empty() ? "" : " ") + quoted(argument.name)
                + (argument.value ? "=" + quoted(*argument.value) : std::string());
        return text;
    }
    std::string operator()(Shell const& i) const { return shown(i.words); }
    std::string operator()(StopSignal const& i) const { return quoted(i.signal); }
    std::string operator()(HealthCheck const& i) const
    {
        return shown(i.test) + number("interval", i.interval_ns) + number("timeout", i.timeout_ns)
            + number("start-period", i.start_period_ns) + number("start-interval", i.start_interval_ns)
            + number("retries", i.retries);
    }
    std::string operator()(Unknown const& i) const { return i.note(); }

    static std::string command(CommandLine const& line)
    {
        return (line.shell ? "shell" : "exec") + (line.words.empty() ? std::string() : " " + shown(line.words));
    }
    static std::string pairs(std::vector<Assignment> const& values)
    {
        std::string text;
        for (auto const& [name, value] : values)
            text += (text.empty() ? "" : " ") + quoted(name) + "=" + quoted(value);
        return text;
    }
};

std::string lines_of(Statement const& statement)
{
    auto const first = std::to_string(statement.first_line);
    return statement.first_line == statement.last_line ? first : first + "-" + std::to_string(statement.last_line);
}

} // namespace

std::string shown(std::vector<std::string> const& words)
{
    std::string text;
    for (auto const& word : words)
        text += (text.empty() ? "" : " ") + quoted(word);
    return text;
}

std::string shown(Instruction const& instruction)
{
    return std::visit(Shower(), instruction);
}

std::string shown_file(std::string_view dockerfile)
{
    auto const file = parse(dockerfile);
    if (!file)
        return "error: " + visible(file.error().message) + "\n";
    std::string text;
    for (auto const& statement : file.value().statements) {
        auto const instruction = interpret(statement, file.value().escape);
        text += lines_of(statement) + " " + (statement.arguments.empty() ? statement.name : statement.step_text())
            + "\n    " + (instruction ? shown(instruction.value()) : "error: " + instruction.error().message) + "\n";
    }
    return visible(text);
}
