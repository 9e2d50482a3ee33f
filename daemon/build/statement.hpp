// A Dockerfile as its parser leaves it: statements in the order of the file, their words not looked at yet.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::build {

/// A text that follows its statement, up to a line that has the heredoc's name alone.
struct Heredoc {
    std::string name;
    bool expand = true; ///< "<<EOF"; false: "<<'EOF'", and '$' is a character like any other
    bool strip_tabs = false; ///< "<<-EOF": the tabs that lines begin with are gone from the content
    std::string content; ///< with its line ends
};

struct Statement {
    size_t first_line = 0, last_line = 0; ///< from 1; heredocs included
    std::string name; ///< upper case
    /// In one line: continuations joined, trimmed, tabs outside of quotes turned into spaces. Empty: the build ends
    /// here with "Invalid Dockerfile format", before a step is announced.
    std::string arguments;
    std::vector<Heredoc> heredocs; ///< in the order of their marks

    /// What follows "Step N : ".
    std::string step_text() const { return name + " " + arguments; }
    /// INVALID: "Dockerfile line N: " + message.
    Error problem(std::string_view message) const;
};

struct Dockerfile {
    std::vector<Statement> statements;
    char escape = '\\'; ///< or '`', by "# escape=`"
};

/// INVALID: "Dockerfile line N: " + message.
Error line_problem(size_t line, std::string_view message);

inline Error Statement::problem(std::string_view message) const
{
    return line_problem(first_line, message);
}

inline Error line_problem(size_t line, std::string_view message)
{
    return { STAITHE_INVALID, 0, "Dockerfile line " + std::to_string(line) + ": " + std::string(message) };
}

} // namespace staithe::build
