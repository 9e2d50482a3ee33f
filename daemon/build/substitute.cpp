#include "daemon/build/substitute.hpp"

#include <algorithm>

namespace staithe::build {

namespace {

    Error invalid(std::string message)
    {
        return { STAITHE_INVALID, 0, std::move(message) };
    }

    bool is_digit(char c)
    {
        return c >= '0' && c <= '9';
    }

    bool is_name_character(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
    }

    size_t name_size(std::string_view text)
    {
        return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_name_character) - text.begin());
    }

    Result<void> check_size(std::string const& text, size_t limit)
    {
        if (text.size() > limit)
            return Error { STAITHE_RANGE, 0, "a value is longer than " + std::to_string(limit) + " bytes" };
        return {};
    }

    class Substitution {
    public:
        Substitution(std::string_view text, Scope const& scope, Quotes quotes, size_t limit)
            : m_rest(text)
            , m_scope(scope)
            , m_quotes(quotes)
            , m_limit(limit)
        {
        }

        Result<std::string> run() { return text(End::OfText); }

    private:
        enum class End { OfText, AtBrace };

        char next()
        {
            char const c = m_rest.front();
            m_rest.remove_prefix(1);
            return c;
        }

        Result<std::string> text(End end)
        {
            std::string out;
            while (!m_rest.empty()) {
                if (end == End::AtBrace && m_rest.front() == '}') {
                    next();
                    return out;
                }
                STAITHE_TRY(one(out));
                STAITHE_TRY(check_size(out, m_limit));
            }
            if (end == End::AtBrace)
                return invalid("missing '}' in a substitution");
            return out;
        }

        Result<void> one(std::string& out)
        {
            char const c = next();
            bool const quotes = m_quotes == Quotes::Remove;
            if (c == '$')
                return dollar(out);
            if (c == '\'' && quotes)
                return single_quoted(out);
            if (c == '"' && quotes)
                return double_quoted(out);
            if (c == m_scope.escape())
                escaped(out, quotes ? std::string_view() : std::string_view("$"));
            else
                out += c;
            return {};
        }

        /// Of the character behind an escape; where only some can be escaped, the escape before others is a character.
        void escaped(std::string& out, std::string_view only)
        {
            if (m_rest.empty()) {
                if (!only.empty())
                    out += m_scope.escape();
                return;
            }
            char const c = next();
            if (!only.empty() && c != m_scope.escape() && only.find(c) == only.npos)
                out += m_scope.escape();
            out += c;
        }

        Result<void> single_quoted(std::string& out)
        {
            size_t const end = m_rest.find('\'');
            if (end == m_rest.npos)
                return invalid("a single quote is never closed");
            out += m_rest.substr(0, end);
            m_rest.remove_prefix(end + 1);
            return {};
        }

        Result<void> double_quoted(std::string& out)
        {
            while (!m_rest.empty()) {
                char const c = next();
                if (c == '"')
                    return {};
                if (c == '$')
                    STAITHE_TRY(dollar(out));
                else if (c == m_scope.escape())
                    escaped(out, "\"$");
                else
                    out += c;
                STAITHE_TRY(check_size(out, m_limit));
            }
            return invalid("a double quote is never closed");
        }

        Result<void> dollar(std::string& out)
        {
            if (m_rest.starts_with('{')) {
                next();
                return braced(out);
            }
            auto const name = take_name();
            out += name.empty() ? "$" : m_scope.find(name).value_or("");
            return {};
        }

        /// A name, a number, or one of a shell's special parameters.
        std::string_view take_name()
        {
            size_t size = name_size(m_rest);
            if (size > 0 && is_digit(m_rest.front()))
                size = static_cast<size_t>(std::find_if_not(m_rest.begin(), m_rest.end(), is_digit) - m_rest.begin());
            if (size == 0 && !m_rest.empty() && std::string_view("@*#?-$!").find(m_rest.front()) != m_rest.npos)
                size = 1;
            auto const name = m_rest.substr(0, size);
            m_rest.remove_prefix(size);
            return name;
        }

        Result<void> braced(std::string& out)
        {
            auto const name = take_name();
            if (name.empty())
                return invalid("bad substitution");
            auto const value = m_scope.find(name);
            if (m_rest.empty())
                return invalid("missing '}' in a substitution");
            char modifier = next();
            if (modifier == '}') {
                out += value.value_or("");
                return {};
            }
            bool const colon = modifier == ':';
            if (colon)
                modifier = m_rest.empty() ? '\0' : next();
            if (modifier == '\0' || std::string_view("-+?").find(modifier) == std::string_view::npos)
                return invalid("unsupported modifier in the substitution of '" + std::string(name) + "'");
            if (++m_depth > limits::nesting)
                return invalid("substitutions are nested too deep");
            auto const word = STAITHE_TRY(text(End::AtBrace));
            --m_depth;
            return modified(out, name, value && !(colon && value->empty()) ? value : std::nullopt, modifier, word);
        }

        static Result<void> modified(std::string& out, std::string_view name, std::optional<std::string_view> value,
            char modifier, std::string const& word)
        {
            if (modifier == '+')
                out += value ? word : std::string();
            else if (value)
                out += *value;
            else if (modifier == '-')
                out += word;
            else
                return invalid(std::string(name) + ": " + (word.empty() ? "is not set" : word));
            return {};
        }

        std::string_view m_rest;
        Scope const& m_scope;
        Quotes m_quotes;
        size_t m_limit;
        size_t m_depth = 0;
    };

    /// "$NAME" or "${NAME}" at the beginning of a text; size 0: neither.
    struct Reference {
        std::string_view name;
        size_t size = 0;
    };

    Reference reference(std::string_view text)
    {
        size_t const begin = text.starts_with("${") ? 2 : 1;
        auto const name = text.substr(begin, name_size(text.substr(begin)));
        size_t const end = begin + name.size();
        if (name.empty() || (begin == 2 && !text.substr(end).starts_with('}')))
            return {};
        return { name, end + begin - 1 };
    }

    /// ${NAME:-x} and its like.
    bool has_modifier(std::string_view text)
    {
        for (size_t at = text.find("${"); at != text.npos; at = text.find("${", at + 2)) {
            auto const rest = text.substr(at + 2);
            size_t const size = name_size(rest);
            if (size > 0 && size < rest.size() && std::string_view(":-+?").find(rest[size]) != std::string_view::npos)
                return true;
        }
        return false;
    }

} // namespace

Result<std::string> substitute(std::string_view text, Scope const& scope, Quotes quotes, size_t limit)
{
    return Substitution(text, scope, quotes, limit).run();
}

Result<std::string> substitute_as_2013(std::string_view text, Scope const& scope)
{
    std::string out;
    size_t backslashes = 0;
    while (!text.empty()) {
        size_t size = 1;
        std::optional<std::string_view> value;
        if (text.front() == '$' && backslashes != 1) {
            auto const found = reference(text);
            size = std::max<size_t>(found.size, 1);
            value = found.size > 0 ? scope.find(found.name) : std::nullopt;
        }
        out += value.value_or(text.substr(0, size));
        STAITHE_TRY(check_size(out, limits::text_bytes));
        backslashes = text.front() == '\\' ? backslashes + 1 : 0;
        text.remove_prefix(size);
    }
    return out;
}

Result<std::string> substitute_either(std::string_view text, Scope const& scope)
{
    if (text.find_first_of("\"'") != text.npos || has_modifier(text)) {
        auto today = substitute(text, scope);
        if (today || today.error().code == STAITHE_RANGE || has_modifier(text))
            return today;
    }
    return substitute_as_2013(text, scope);
}

} // namespace staithe::build
