#include "daemon/build/pattern.hpp"

#include <algorithm>

#include "daemon/build/limits.hpp"

namespace staithe::build {

namespace {

    Error invalid(char const* why)
    {
        return { STAITHE_INVALID, 0, why };
    }

    char take(std::string_view& text)
    {
        char const c = text.front();
        text.remove_prefix(1);
        return c;
    }

} // namespace

Result<Pattern> Pattern::create(std::string_view text)
{
    if (text.size() > limits::pattern_bytes)
        return Error { STAITHE_RANGE, 0,
            "a pattern is longer than " + std::to_string(limits::pattern_bytes) + " bytes" };
    Pattern pattern;
    STAITHE_TRY_CONTEXT(pattern.read(text), "syntax error in pattern '" + std::string(text) + "'");
    for (auto const& token : pattern.m_tokens) {
        if (token.kind != Kind::Byte)
            break;
        pattern.m_literal += token.byte;
    }
    return pattern;
}

Result<void> Pattern::read(std::string_view text)
{
    for (bool first = true; !text.empty(); first = false) {
        char const c = take(text);
        if (c == '*')
            read_stars(text, first);
        else if (c == '?')
            m_tokens.push_back({ Kind::Any });
        else if (c == '[')
            STAITHE_TRY(read_set(text));
        else if (c == '\\' && text.empty())
            return invalid("a '\\' at the end");
        else
            m_tokens.push_back({ Kind::Byte, c == '\\' ? take(text) : c });
    }
    return {};
}

void Pattern::read_stars(std::string_view& text, bool first)
{
    if (!text.starts_with('*')) {
        m_tokens.push_back({ Kind::Star });
        return;
    }
    text.remove_prefix(std::min(text.find_first_not_of('*'), text.size()));
    bool const slash = text.starts_with('/');
    if (slash)
        take(text);
    // "**x" at the beginning means names that end so; elsewhere stars in twos are about directories.
    m_tokens.push_back({ text.empty() || (first && !slash) ? Kind::Everything : Kind::Directories });
}

Result<void> Pattern::read_set(std::string_view& text)
{
    Set set;
    set.negated = text.starts_with('^');
    if (set.negated)
        take(text);
    auto const bound = [&]() -> Result<unsigned char> {
        if (text.empty() || text.front() == '-' || (text.front() == '\\' && text.size() == 1))
            return invalid("an unfinished '['");
        char const c = take(text);
        return static_cast<unsigned char>(c == '\\' ? take(text) : c);
    };
    do {
        auto const low = STAITHE_TRY(bound());
        auto high = low;
        if (text.starts_with('-')) {
            take(text);
            high = STAITHE_TRY(bound());
        }
        if (low > high)
            return invalid("an empty range");
        set.ranges.emplace_back(low, high);
    } while (!text.empty() && text.front() != ']');
    if (text.empty())
        return invalid("an unfinished '['");
    take(text);
    m_tokens.push_back({ Kind::Set, '\0', m_sets.size() });
    m_sets.push_back(std::move(set));
    return {};
}

bool Pattern::Set::has(char c) const
{
    auto const byte = static_cast<unsigned char>(c);
    auto const in = [&](auto const& range) { return byte >= range.first && byte <= range.second; };
    return c != '/' && std::any_of(ranges.begin(), ranges.end(), in) != negated;
}

bool Pattern::takes(Token const& token, char c) const
{
    switch (token.kind) {
    case Kind::Byte: return c == token.byte;
    case Kind::Set: return m_sets[token.set].has(c);
    case Kind::Any:
    case Kind::Star: return c != '/';
    case Kind::Directories:
    case Kind::Everything: return true;
    }
    return false;
}

/// A state is how many tokens are behind us, twice; odd ones are inside of a Directories. Some tokens may be nothing.
void Pattern::follow(std::vector<char>& states) const
{
    for (size_t i = 0; i < m_tokens.size(); ++i) {
        auto const kind = m_tokens[i].kind;
        if (states[2 * i] && (kind == Kind::Star || kind == Kind::Directories || kind == Kind::Everything))
            states[2 * i + 2] = 1;
    }
}

bool Pattern::run(std::string_view path, Parents parents) const
{
    if (!path.starts_with(m_literal))
        return false;
    size_t const known = m_literal.size(), end = 2 * m_tokens.size();
    std::vector<char> states(end + 1), next(end + 1);
    states[2 * known] = 1;
    follow(states);
    for (char const c : path.substr(known)) {
        if (parents == Parents::Count && c == '/' && states[end])
            return true;
        std::fill(next.begin(), next.end(), 0);
        bool alive = false;
        for (size_t i = known; i < m_tokens.size(); ++i) {
            bool const inside = states[2 * i + 1];
            if ((!states[2 * i] && !inside) || !takes(m_tokens[i], c))
                continue;
            auto const kind = m_tokens[i].kind;
            alive = true;
            if (kind == Kind::Directories) {
                next[2 * i + 1] = 1;
                if (c == '/')
                    next[2 * i + 2] = 1;
            } else {
                next[kind == Kind::Star || kind == Kind::Everything ? 2 * i : 2 * i + 2] = 1;
            }
        }
        if (!alive)
            return false;
        follow(next);
        states.swap(next);
    }
    return states[end];
}

bool Pattern::covers(std::string_view path) const
{
    return run(path, Parents::Count);
}

bool Pattern::matches(std::string_view path) const
{
    return run(path, Parents::Ignore);
}

} // namespace staithe::build
