#include "daemon/build/ignore.hpp"

#include <algorithm>
#include <string>

#include "daemon/build/limits.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    /// Without "//", "." and "..", and not absolute; patterns have no meaning above the context.
    std::string clean(std::string_view path)
    {
        std::vector<std::string> names;
        while (!path.empty()) {
            auto const name = path.substr(0, path.find('/'));
            path.remove_prefix(std::min(name.size() + 1, path.size()));
            if (name == ".." && !names.empty())
                names.pop_back();
            else if (!name.empty() && name != "." && name != "..")
                names.emplace_back(name);
        }
        return joined(names, "/");
    }

} // namespace

Result<Ignore> Ignore::parse(std::string_view text)
{
    if (text.size() > limits::ignore_bytes)
        return Error { STAITHE_RANGE, 0,
            ".dockerignore is larger than " + std::to_string(limits::ignore_bytes) + " bytes" };
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    Ignore ignore;
    for (size_t number = 1; !text.empty(); ++number) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (!line.starts_with('#'))
            STAITHE_TRY_CONTEXT(ignore.add(line), ".dockerignore line " + std::to_string(number));
    }
    return ignore;
}

Result<Ignore> Ignore::create(std::vector<std::string> const& patterns)
{
    Ignore ignore;
    for (auto const& pattern : patterns)
        STAITHE_TRY(ignore.add(pattern));
    return ignore;
}

Result<void> Ignore::add(std::string_view line)
{
    if (line.find('\0') != line.npos)
        return Error { STAITHE_INVALID, 0, "a NUL is no text" };
    line = trimmed(line);
    if (line.empty())
        return {};
    bool const exception = line.front() == '!';
    if (exception)
        line = trimmed(line.substr(1));
    if (line.empty())
        return Error { STAITHE_INVALID, 0, "illegal exclusion pattern: \"!\"" };
    auto const path = clean(line);
    // "." and "/" are the context, which cannot be left out.
    if (path.empty())
        return {};
    if (m_rules.size() == limits::ignore_patterns)
        return Error { STAITHE_RANGE, 0, "more than " + std::to_string(limits::ignore_patterns) + " patterns" };
    m_rules.push_back({ STAITHE_TRY(Pattern::create(path)), exception });
    return {};
}

bool Ignore::ignores(std::string_view path) const
{
    auto const decides = [&](Rule const& rule) { return rule.pattern.covers(path); };
    auto const last = std::find_if(m_rules.rbegin(), m_rules.rend(), decides);
    return last != m_rules.rend() && !last->exception && !path.empty() && path != ".";
}

bool Ignore::has_exceptions() const
{
    return std::any_of(m_rules.begin(), m_rules.end(), [](Rule const& rule) { return rule.exception; });
}

} // namespace staithe::build
