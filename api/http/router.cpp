#include "api/http/router.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace staithe::http {

namespace {

    constexpr std::string_view placeholder = "{name}";

    bool matches(std::string_view pattern, std::string_view path, std::string_view& name)
    {
        size_t const at = pattern.find(placeholder);
        if (at == std::string_view::npos)
            return pattern == path;
        std::string_view const before = pattern.substr(0, at), after = pattern.substr(at + placeholder.size());
        if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after))
            return false;
        name = path.substr(before.size(), path.size() - before.size() - after.size());
        return true;
    }

    bool is_digits(std::string_view s)
    {
        return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
    }

    /// A number that saturates instead of overflowing.
    int number(std::string_view digits)
    {
        int value = 0;
        auto const parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return parsed.ec == std::errc::result_out_of_range ? 1'000'000 : value;
    }

    /// "1.6", "1", "1.000000" (docker 0.3.3 prints "%f"); nothing where a daemon of the time could not parse either.
    std::optional<ApiVersion> parse_version(std::string_view text)
    {
        size_t const dot = std::min(text.find('.'), text.size());
        std::string_view const major = text.substr(0, dot);
        std::string_view minor = text.substr(std::min(dot + 1, text.size()));
        if ((major.empty() && minor.empty()) || !is_digits(major) || !is_digits(minor))
            return {};
        if (minor.size() == 6)
            minor = minor.substr(0, std::max<size_t>(minor.find_last_not_of('0') + 1, 1));
        return ApiVersion { number(major), number(minor) };
    }

    /// "/v1.6/info" → "1.6", with the rest in `path`; empty when there is no prefix.
    std::string_view take_prefix(std::string_view& path)
    {
        if (!path.starts_with("/v"))
            return {};
        size_t const end = path.find_first_not_of("0123456789.", 2);
        if (end == std::string_view::npos || end == 2 || path[end] != '/')
            return {};
        std::string_view const version = path.substr(2, end - 2);
        path.remove_prefix(end);
        return version;
    }

} // namespace

void Router::add(Route route)
{
    m_routes.push_back(std::move(route));
}

Route const* Router::find(std::string_view method, std::string_view path, std::string& name) const
{
    for (auto const& route : m_routes) {
        std::string_view matched;
        if (route.method != method || !matches(route.pattern, path, matched))
            continue;
        name = matched;
        std::replace(name.begin(), name.end(), escaped_slash, '/');
        return &route;
    }
    return nullptr;
}

Router::Match Router::match(std::string_view method, std::string_view path) const
{
    Match match;
    match.version = m_range.newest;
    if (method == "OPTIONS") {
        match.status = 200;
        match.empty_body = match.handled = true;
        return match;
    }
    auto const prefix = take_prefix(path);
    match.has_version = !prefix.empty();
    if (auto const version = parse_version(prefix))
        match.version = *version;
    match.path = path;
    std::replace(match.path.begin(), match.path.end(), escaped_slash, '/');
    match.route = find(method, path, match.name);
    bool const too_new = match.version > m_range.newest, too_old = match.version < ApiVersion { 0, 1 };
    // Modern clients ask for 1.24 and more, and show the text; those of the time got nothing for 1.7.
    if (too_new && match.version >= ApiVersion { 1, 10 } && match.version.major == 1) {
        match.text = "client API version " + match.version.to_string() + " is newer than this daemon's "
            + m_range.newest.to_string() + "; set DOCKER_API_VERSION=" + m_range.newest.to_string() + "\n";
        match.handled = true;
        match.route = nullptr;
    } else if (match.route && (too_new || too_old)) {
        match.empty_body = match.handled = true;
        match.route = nullptr;
    }
    match.handled = match.handled || match.route;
    return match;
}

} // namespace staithe::http
