#include "daemon/build/apply.hpp"

#include <algorithm>

#include "daemon/build/limits.hpp"
#include "daemon/build/paths.hpp"
#include "daemon/build/ports.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    using Words = std::vector<std::string>;

    size_t total_size(Variables const& values)
    {
        size_t total = 0;
        for (auto const& [name, value] : values)
            total += name.size() + value.size() + 2;
        return total;
    }

    Result<void> check_total(size_t total, char const* what)
    {
        if (total > limits::environment_bytes)
            return Error { STAITHE_RANGE, 0,
                std::string(what) + " are longer than " + std::to_string(limits::environment_bytes) + " bytes" };
        return {};
    }

    /// A key that is there already keeps its place.
    void set_variable(Words& environment, Assignment const& variable)
    {
        auto const begins = variable.name + "=";
        auto const same = [&](std::string const& entry) { return entry.starts_with(begins) || entry == variable.name; };
        auto const found = std::find_if(environment.begin(), environment.end(), same);
        if (found == environment.end())
            environment.push_back(begins + variable.value);
        else
            *found = begins + variable.value;
    }

    std::string text_of(std::vector<Assignment> const& values)
    {
        Words words;
        for (auto const& [name, value] : values)
            words.push_back(name + "=" + value);
        return joined(words);
    }

    std::string in_brackets(Words const& words)
    {
        return "[" + joined(words) + "]";
    }

    /// Changes the state, and returns the TEXT of "#(nop) TEXT".
    class Applier {
    public:
        explicit Applier(State& state)
            : m_state(state)
        {
        }

        Result<std::string> operator()(From const&) { return std::string(); }
        Result<std::string> operator()(Unknown const&) { return std::string(); }
        Result<std::string> operator()(Run const&) { return std::string(); }

        Result<std::string> operator()(Maintainer const& maintainer)
        {
            m_state.author = maintainer.name;
            return "MAINTAINER " + maintainer.name;
        }

        Result<std::string> operator()(Cmd const& cmd)
        {
            auto const words = full_command(cmd.command, m_state.extras);
            m_state.config.command = words;
            m_state.command_is_own = true;
            return "CMD " + in_brackets(words);
        }

        Result<std::string> operator()(Entrypoint const& entrypoint)
        {
            m_state.config.entrypoint = full_command(entrypoint.command, m_state.extras);
            // The base's CMD was meant for the base's ENTRYPOINT.
            if (!m_state.command_is_own)
                m_state.config.command.reset();
            return "ENTRYPOINT " + entrypoint.text;
        }

        Result<std::string> operator()(Env const& env)
        {
            auto& environment = m_state.config.env;
            if (!environment)
                environment.emplace();
            for (auto const& variable : env.values)
                set_variable(*environment, variable);
            size_t total = 0;
            for (auto const& entry : *environment) {
                total += entry.size() + 1;
                if (entry.size() > limits::text_bytes)
                    return Error { STAITHE_RANGE, 0,
                        "'" + entry.substr(0, entry.find('=')) + "' is longer than a variable can be" };
            }
            STAITHE_TRY(check_total(total, "the variables"));
            return "ENV " + text_of(env.values);
        }

        Result<std::string> operator()(Label const& label)
        {
            for (auto const& [name, value] : label.values)
                m_state.extras.labels[name] = value;
            STAITHE_TRY(check_total(total_size(m_state.extras.labels), "the labels"));
            return "LABEL " + text_of(label.values);
        }

        Result<std::string> operator()(Expose const& expose)
        {
            Words ports;
            for (auto const& word : expose.ports) {
                auto const expanded = STAITHE_TRY(expand_port(word));
                ports.insert(ports.end(), expanded.begin(), expanded.end());
                if (ports.size() + m_state.config.port_specs.size() > limits::ports)
                    return Error { STAITHE_RANGE, 0, "more than " + std::to_string(limits::ports) + " ports" };
            }
            auto& specs = m_state.config.port_specs;
            specs.insert(specs.begin(), ports.begin(), ports.end());
            return "EXPOSE " + in_brackets(expose.ports);
        }

        Result<std::string> operator()(User const& user)
        {
            m_state.config.user = user.name;
            return "USER " + user.name;
        }

        Result<std::string> operator()(Workdir const& workdir)
        {
            auto directory = next_directory(m_state.config.working_dir, workdir.path);
            if (directory.size() > longest_path)
                return Error { STAITHE_RANGE, 0, "the working directory has more than 4095 bytes" };
            m_state.config.working_dir = std::move(directory);
            return "WORKDIR " + workdir.path;
        }

        Result<std::string> operator()(Volume const& volume)
        {
            m_state.config.volumes.insert(volume.paths.begin(), volume.paths.end());
            return "VOLUME " + volume.text;
        }

        Result<std::string> operator()(Copy const& copy)
        {
            auto sources = copy.sources;
            for (auto const& file : copy.files)
                sources.push_back("<<" + file.name);
            return std::string(copy.kind == Copy::Kind::Add ? "ADD " : "COPY ") + joined(sources) + " in "
                + copy.destination;
        }

        Result<std::string> operator()(OnBuild const& on_build)
        {
            m_state.extras.on_build.push_back(on_build.trigger);
            return "ONBUILD " + on_build.trigger;
        }

        Result<std::string> operator()(Arg const& arg)
        {
            auto& arguments = m_state.arguments;
            auto& scope = m_state.in_stage ? arguments.stage : arguments.global;
            Words text;
            for (auto const& argument : arg.arguments) {
                auto const value = value_of(argument);
                if (value)
                    scope[argument.name] = *value;
                text.push_back(argument.value ? argument.name + "=" + *argument.value : argument.name);
            }
            STAITHE_TRY(check_total(total_size(scope), "the build arguments"));
            return "ARG " + joined(text);
        }

        Result<std::string> operator()(Shell const& shell)
        {
            m_state.extras.shell = shell.words;
            return "SHELL " + in_brackets(shell.words);
        }

        Result<std::string> operator()(StopSignal const& stop)
        {
            m_state.extras.stop_signal = stop.signal;
            return "STOPSIGNAL " + stop.signal;
        }

        Result<std::string> operator()(HealthCheck const& check)
        {
            m_state.extras.health = check;
            return "HEALTHCHECK " + check.text;
        }

    private:
        static constexpr size_t longest_path = 4095;

        /// What was given, else the default, else what an ARG before the first FROM said.
        std::optional<std::string> value_of(Argument const& argument) const
        {
            auto const& [given, global, stage] = m_state.arguments;
            if (auto const found = given.find(argument.name); found != given.end())
                return found->second;
            if (argument.value)
                return argument.value;
            auto const found = global.find(argument.name);
            return found == global.end() ? std::nullopt : std::optional(found->second);
        }

        State& m_state;
    };

    /// Only ARG may stand before the first FROM.
    Result<void> check_place(Instruction const& instruction, State const& state)
    {
        bool const anywhere = std::holds_alternative<Arg>(instruction) || std::holds_alternative<From>(instruction)
            || std::holds_alternative<Unknown>(instruction);
        if (state.in_stage || anywhere)
            return {};
        bool const run = std::holds_alternative<Run>(instruction);
        return Error { STAITHE_INVALID, 0,
            std::string("Please provide a source image with `from` prior to ") + (run ? "run" : "commit") };
    }

} // namespace

State begin_stage(State const& before, std::optional<api::ContainerConfig> const& base, Extras extras)
{
    State state;
    state.config = base.value_or(api::ContainerConfig());
    auto& environment = state.config.env;
    if (!environment || environment->empty())
        environment = { "HOME=/", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    state.extras = std::move(extras);
    state.author = before.author;
    state.arguments = { before.arguments.given, before.arguments.global, {} };
    state.in_stage = true;
    return state;
}

std::vector<std::string> take_triggers(State& state)
{
    return std::exchange(state.extras.on_build, {});
}

std::vector<std::string> full_command(CommandLine const& command, Extras const& extras)
{
    if (!command.shell)
        return command.words;
    auto words = extras.shell.empty() ? Words { "/bin/sh", "-c" } : extras.shell;
    words.insert(words.end(), command.words.begin(), command.words.end());
    return words;
}

Result<Step> apply_to(State before, Instruction const& instruction)
{
    STAITHE_TRY(check_place(instruction, before));
    Step step { std::move(before), {} };
    auto const text = STAITHE_TRY(std::visit(Applier(step.after), instruction));
    if (auto const* run = std::get_if<Run>(&instruction))
        step.command = run->is_script ? run->command.words : full_command(run->command, step.after.extras);
    else if (!text.empty() && step.after.in_stage)
        step.command = { "/bin/sh", "-c", "#(nop) " + text };
    return step;
}

} // namespace staithe::build
