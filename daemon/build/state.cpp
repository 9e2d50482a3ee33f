#include "daemon/build/state.hpp"

namespace staithe::build {

namespace {

    std::vector<std::string> environment(State const& state)
    {
        return state.config.env.value_or(std::vector<std::string>());
    }

} // namespace

Scope scope_of(State const& state, Statement const& statement, char escape)
{
    if (!state.in_stage || statement.name == "FROM")
        return Scope({}, state.arguments.global, escape);
    return Scope(environment(state), state.arguments.stage, escape);
}

std::vector<std::string> run_environment(State const& state)
{
    auto variables = environment(state);
    Scope const own(variables, {}, '\\');
    for (auto const& [name, value] : state.arguments.stage)
        if (!own.find(name))
            variables.push_back(name + "=" + value);
    return variables;
}

} // namespace staithe::build
