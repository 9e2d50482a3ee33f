#include "daemon/build/flags.hpp"

#include <algorithm>
#include <set>

#include "daemon/build/text.hpp"
#include "daemon/build/words.hpp"

namespace staithe::build {

namespace {

    Result<bool> boolean(Statement const& statement, std::string const& name, std::string_view value)
    {
        auto const text = lower(value);
        if (text != "true" && text != "false")
            return statement.problem("Expecting boolean value for flag " + name + ", not: " + std::string(value));
        return text == "true";
    }

    Result<void> store(Statement const& statement, FlagRule const& rule, std::string_view word)
    {
        size_t const equals = word.find('=');
        std::string const name(rule.name);
        auto const value = equals == word.npos ? std::string_view() : word.substr(equals + 1);
        if (equals == word.npos ? !rule.on : rule.on && value.empty())
            return statement.problem("Missing a value on flag: " + name);
        if (rule.on)
            *rule.on = equals == word.npos || STAITHE_TRY(boolean(statement, name, value));
        else if (rule.text)
            *rule.text = value;
        else
            rule.list->emplace_back(value);
        return {};
    }

} // namespace

Result<std::string_view> read_flags(Statement const& statement, char escape, std::initializer_list<FlagRule> rules)
{
    std::set<std::string_view> seen;
    std::string_view rest = statement.arguments;
    while (rest.starts_with("--")) {
        auto const [word, behind] = first_word(rest, escape);
        rest = behind;
        if (word == "--")
            break;
        auto const name = word.substr(2, word.find('=') - 2);
        auto const rule = std::find_if(rules.begin(), rules.end(), [&](auto const& r) { return r.name == name; });
        if (rule == rules.end())
            return statement.problem("Unknown flag: " + std::string(name));
        if (!seen.insert(name).second && !rule->list)
            return statement.problem("Duplicate flag specified: " + std::string(name));
        STAITHE_TRY(store(statement, *rule, word));
    }
    return rest;
}

} // namespace staithe::build
