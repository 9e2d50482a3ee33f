#include "daemon/build/source.hpp"

#include <algorithm>

#include "daemon/build/limits.hpp"
#include "daemon/build/statement.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    size_t line_of(std::string_view text, size_t position)
    {
        return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(position), '\n'));
    }

    Result<void> check(std::string_view text)
    {
        if (text.size() > limits::file_bytes)
            return Error { STAITHE_RANGE, 0,
                "the Dockerfile has " + std::to_string(text.size()) + " bytes, at most "
                    + std::to_string(limits::file_bytes) + " are read" };
        if (auto const nul = text.find('\0'); nul != text.npos)
            return line_problem(line_of(text, nul), "a NUL is no text");
        if (auto const bad = find_invalid_utf8(text); bad != text.npos)
            return line_problem(line_of(text, bad), "not UTF-8");
        return {};
    }

} // namespace

Result<std::vector<std::string_view>> source_lines(std::string_view text)
{
    STAITHE_TRY(check(text));
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        size_t const end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
        if (lines.size() > limits::lines)
            return line_problem(lines.size(), "at most " + std::to_string(limits::lines) + " lines are read");
    }
    return lines;
}

std::string_view without_end(std::string_view line)
{
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    while (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

} // namespace staithe::build
