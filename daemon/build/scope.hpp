// The variables that a step sees.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace staithe::build {

using Variables = std::map<std::string, std::string, std::less<>>;

class Scope {
public:
    /// A variable of the environment ("KEY=VALUE") hides a build argument of the same name; of two the last one counts.
    Scope(std::vector<std::string> const& environment, Variables arguments, char escape)
        : m_variables(std::move(arguments))
        , m_escape(escape)
    {
        for (auto const& entry : environment) {
            size_t const equals = entry.find('=');
            auto& value = m_variables[entry.substr(0, equals)];
            value = equals == entry.npos ? std::string() : entry.substr(equals + 1);
        }
    }

    std::optional<std::string_view> find(std::string_view name) const
    {
        auto const found = m_variables.find(name);
        return found == m_variables.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    }

    char escape() const { return m_escape; }

private:
    Variables m_variables;
    char m_escape;
};

} // namespace staithe::build
