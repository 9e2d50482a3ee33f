// .dockerignore: what of a context ADD and COPY do not see.
#pragma once

#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "daemon/build/pattern.hpp"

namespace staithe::build {

/// One pattern per line, relative to the context ("/" at the beginning changes nothing); "#" begins a comment, "!" an
/// exception. The last pattern that matches a path, or a directory it is in, decides.
class Ignore {
public:
    /// Nothing is ignored.
    Ignore() = default;

    /// INVALID, naming the line; RANGE: limits.hpp.
    static Result<Ignore> parse(std::string_view text);
    /// The same from patterns, such as those of --exclude.
    static Result<Ignore> create(std::vector<std::string> const& patterns);

    /// The path is relative to the context and clean: "a/b". The context itself ("", ".") is never ignored. Takes time
    /// in proportion to the patterns and the path: a microsecond as a rule, half a second for the worst of both.
    bool ignores(std::string_view path) const;

    /// No path in an ignored directory needs to be asked for.
    bool has_exceptions() const;
    bool empty() const { return m_rules.empty(); }

private:
    struct Rule {
        Pattern pattern;
        bool exception = false;
    };

    Result<void> add(std::string_view line);

    std::vector<Rule> m_rules;
};

} // namespace staithe::build
