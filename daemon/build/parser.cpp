#include "daemon/build/parser.hpp"

#include "daemon/build/directives.hpp"
#include "daemon/build/heredoc.hpp"
#include "daemon/build/json_array.hpp"
#include "daemon/build/limits.hpp"
#include "daemon/build/source.hpp"
#include "daemon/build/text.hpp"
#include "daemon/build/words.hpp"

namespace staithe::build {

namespace {

    /// Takes the escape off a line that continues on the next one. "\\" is no continuation.
    bool take_continuation(std::string_view& line, char escape)
    {
        size_t const last = line.find_last_not_of(" \t");
        if (last == line.npos || line[last] != escape || (last > 0 && line[last - 1] == escape))
            return false;
        line = line.substr(0, last);
        return true;
    }

    struct Named {
        std::string name;
        std::string_view arguments;
    };

    Named split_name(std::string_view text)
    {
        text = trimmed(text);
        size_t const space = text.find(' ');
        if (space == text.npos)
            return { upper(text), {} };
        return { upper(text.substr(0, space)), trimmed(text.substr(space)) };
    }

    bool may_have_heredocs(std::string const& name, std::string_view arguments)
    {
        if (name == "ONBUILD") {
            auto const trigger = split_name(arguments);
            return trigger.name != "ONBUILD" && may_have_heredocs(trigger.name, trigger.arguments);
        }
        return (name == "RUN" || name == "COPY" || name == "ADD") && !json_strings(arguments);
    }

    std::string_view without_tabs(std::string_view line)
    {
        line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        return line;
    }

    class Parser {
    public:
        explicit Parser(std::vector<std::string_view> lines)
            : m_lines(std::move(lines))
        {
        }

        Result<Dockerfile> run()
        {
            auto const directives = STAITHE_TRY(read_directives(m_lines));
            m_next = directives.lines;
            m_escape = directives.escape;
            Dockerfile file { {}, m_escape };
            while (STAITHE_TRY(assemble())) {
                if (file.statements.size() == limits::statements)
                    return line_problem(
                        m_first, "at most " + std::to_string(limits::statements) + " instructions are read");
                file.statements.push_back(STAITHE_TRY(statement()));
            }
            return file;
        }

    private:
        /// The next line that is a statement, with its continuations, to m_text; false: there is none.
        Result<bool> assemble()
        {
            while (m_next < m_lines.size()) {
                auto const line = left_trimmed(without_end(m_lines[m_next]));
                m_first = ++m_next;
                if (line.empty() || line.front() == '#')
                    continue;
                m_text.clear();
                if (STAITHE_TRY(append(line)))
                    STAITHE_TRY(continued());
                if (!trimmed(m_text).empty())
                    return true;
            }
            return false;
        }

        /// Empty lines and comments do not end a continuation.
        Result<void> continued()
        {
            for (bool more = true; more && m_next < m_lines.size();) {
                auto const line = without_end(m_lines[m_next++]);
                if (m_next - m_first > limits::continuations)
                    return line_problem(
                        m_first, "continues for more than " + std::to_string(limits::continuations) + " lines");
                auto const bare = left_trimmed(line);
                if (bare.empty() || bare.front() == '#')
                    continue;
                // The rule of 2013, but words that it would glue together stay apart.
                if (is_blank(line.front()))
                    m_text.resize(right_trimmed(m_text).size());
                more = STAITHE_TRY(append(line));
            }
            return {};
        }

        /// True: it goes on in the next line.
        Result<bool> append(std::string_view line)
        {
            if (line.find('\r') != line.npos)
                return line_problem(m_next, "a carriage return in the middle of a line");
            bool const more = take_continuation(line, m_escape);
            m_text += line;
            if (m_text.size() > limits::text_bytes)
                return line_problem(m_first, "longer than " + std::to_string(limits::text_bytes) + " bytes");
            return more;
        }

        Result<Statement> statement()
        {
            replace_tabs(m_text, m_escape);
            auto named = split_name(m_text);
            Statement statement { m_first, m_next, std::move(named.name), std::string(named.arguments), {} };
            if (may_have_heredocs(statement.name, statement.arguments)) {
                statement.heredocs = heredoc_marks(statement.arguments).documents;
                if (statement.heredocs.size() > limits::heredocs)
                    return statement.problem("more than " + std::to_string(limits::heredocs) + " heredocs");
                for (auto& heredoc : statement.heredocs)
                    if (!read_content(heredoc))
                        return statement.problem("unterminated heredoc '" + heredoc.name + "'");
                statement.last_line = m_next;
            }
            return statement;
        }

        bool read_content(Heredoc& heredoc)
        {
            while (m_next < m_lines.size()) {
                auto line = m_lines[m_next++];
                if (heredoc.strip_tabs)
                    line = without_tabs(line);
                if (without_end(line) == heredoc.name)
                    return true;
                heredoc.content += line;
            }
            return false;
        }

        std::vector<std::string_view> m_lines;
        size_t m_next = 0; // also the number of the last line that was taken
        char m_escape = '\\';
        size_t m_first = 0; // the number of the line where the statement begins
        std::string m_text;
    };

} // namespace

Result<Dockerfile> parse(std::string_view text)
{
    return Parser(STAITHE_TRY(source_lines(text))).run();
}

Result<Statement> parse_trigger(std::string_view text)
{
    auto file = STAITHE_TRY_CONTEXT(parse(text), "cannot read a trigger of ONBUILD");
    if (file.statements.size() != 1)
        return Error { STAITHE_INVALID, 0, "cannot read a trigger of ONBUILD: it is not one instruction" };
    return std::move(file.statements.front());
}

} // namespace staithe::build
