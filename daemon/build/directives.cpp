#include "daemon/build/directives.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "daemon/build/source.hpp"
#include "daemon/build/statement.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    struct Directive {
        std::string name;
        std::string_view value;
    };

    /// "# NAME = VALUE"
    std::optional<Directive> directive(std::string_view line)
    {
        line = trimmed(without_end(line));
        size_t const equals = line.find('=');
        if (!line.starts_with('#') || equals == line.npos)
            return std::nullopt;
        Directive const found { lower(trimmed(line.substr(1, equals - 1))), trimmed(line.substr(equals + 1)) };
        bool const known = found.name == "escape" || found.name == "syntax" || found.name == "check";
        return known && !found.value.empty() ? std::optional(found) : std::nullopt;
    }

} // namespace

Result<Directives> read_directives(std::vector<std::string_view> const& lines)
{
    Directives directives;
    std::set<std::string> seen;
    if (!lines.empty() && lines.front().starts_with("#!"))
        directives.lines = 1;
    for (; directives.lines < lines.size(); ++directives.lines) {
        auto const found = directive(lines[directives.lines]);
        if (!found)
            break;
        size_t const line = directives.lines + 1;
        if (!seen.insert(found->name).second)
            return line_problem(line, "only one " + found->name + " parser directive can be used");
        if (found->name != "escape")
            continue;
        if (found->value != "\\" && found->value != "`")
            return line_problem(
                line, "invalid escape token '" + std::string(found->value) + "' does not match ` or \\");
        directives.escape = found->value.front();
    }
    return directives;
}

} // namespace staithe::build
