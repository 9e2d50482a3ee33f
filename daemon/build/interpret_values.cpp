// ENV, LABEL and ARG.
#include "daemon/build/readers.hpp"
#include "daemon/build/text.hpp"
#include "daemon/build/words.hpp"

namespace staithe::build {

namespace {

    /// "NAME=VALUE NAME=VALUE"; the name may not be empty. The message of what is wrong, or the values.
    struct Pairs {
        std::vector<Assignment> values;
        std::string problem;
    };

    Pairs pairs(std::vector<std::string> const& words)
    {
        Pairs pairs;
        for (auto const& word : words) {
            size_t const equals = word.find('=');
            if (equals == word.npos)
                return { {}, "can't find = in '" + word + "'. Must be of the form: name=value" };
            if (equals == 0)
                return { {}, "a name is empty" };
            pairs.values.push_back({ word.substr(0, equals), word.substr(equals + 1) });
        }
        return pairs;
    }

    /// "NAME VALUE", the value up to the end of the line.
    std::optional<Assignment> single(std::string_view arguments)
    {
        size_t const space = arguments.find(' ');
        if (space == arguments.npos)
            return std::nullopt;
        return Assignment { std::string(arguments.substr(0, space)), std::string(trimmed(arguments.substr(space))) };
    }

} // namespace

Result<Instruction> read_env(Statement const& statement, char escape)
{
    auto const words = split_words(statement.arguments, escape);
    if (words.front().find('=') == std::string::npos) {
        auto value = single(statement.arguments);
        if (!value)
            return known("Invalid ENV format");
        return Instruction(Env { { std::move(*value) }, Form::Era });
    }
    auto found = pairs(words);
    if (!found.problem.empty())
        return known("Invalid ENV format: " + found.problem);
    return Instruction(Env { std::move(found.values), Form::Today });
}

Result<Instruction> read_label(Statement const& statement, char escape)
{
    auto const words = split_words(statement.arguments, escape);
    if (words.front().find('=') == std::string::npos) {
        auto value = single(statement.arguments);
        if (!value)
            return statement.problem("LABEL must have two arguments");
        return Instruction(Label { { std::move(*value) } });
    }
    auto found = pairs(words);
    if (!found.problem.empty())
        return statement.problem("LABEL: " + found.problem);
    return Instruction(Label { std::move(found.values) });
}

Result<Instruction> read_arg(Statement const& statement, char escape)
{
    Arg arg;
    for (auto const& word : split_words(statement.arguments, escape)) {
        size_t const equals = word.find('=');
        if (equals == 0)
            return statement.problem("ARG names can not be blank");
        arg.arguments.push_back(
            { word.substr(0, equals), equals == word.npos ? std::nullopt : std::optional(word.substr(equals + 1)) });
    }
    return Instruction(std::move(arg));
}

} // namespace staithe::build
