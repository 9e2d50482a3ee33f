#include "api/http/target.hpp"

#include "api/http/hex.hpp"
#include "api/http/router.hpp"
#include "api/http/utf8.hpp"

namespace staithe::http {

namespace {

    enum class Part { Path, Query };

    std::optional<std::string> decode(std::string_view text, Part part)
    {
        std::string out;
        out.reserve(text.size());
        for (size_t i = 0; i < text.size(); ++i) {
            char c = text[i];
            if (c == '%') {
                if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
                    return {};
                c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
                i += 2;
                if (c == '\0' || (part == Part::Path && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)))
                    return {};
                if (part == Part::Path && c == '/')
                    c = Router::escaped_slash;
            } else if (part == Part::Query && c == '+') {
                c = ' ';
            }
            out.push_back(c);
        }
        return out;
    }

    bool is_utf8(std::string_view s)
    {
        Utf8Scanner scanner;
        return scanner.accept(s) == s.size() && scanner.at_boundary();
    }

    /// Calls f with what lies between separators.
    template <class F> void each_segment(std::string_view path, F f)
    {
        for (size_t begin = 0, end; begin <= path.size(); begin = end + 1) {
            end = begin;
            while (end < path.size() && path[end] != '/' && path[end] != Router::escaped_slash)
                ++end;
            f(path.substr(begin, end - begin));
        }
    }

    bool has_dot_segment(std::string_view path)
    {
        bool found = false;
        each_segment(path, [&](std::string_view segment) { found = found || segment == "." || segment == ".."; });
        return found;
    }

    bool parse_query(std::string_view text, Target& target)
    {
        while (!text.empty()) {
            size_t const end = std::min(text.find('&'), text.size());
            std::string_view const pair = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (pair.empty())
                continue;
            size_t const equals = std::min(pair.find('='), pair.size());
            auto key = decode(pair.substr(0, equals), Part::Query);
            auto value = decode(pair.substr(std::min(equals + 1, pair.size())), Part::Query);
            if (!key || !value || !is_utf8(*key) || !is_utf8(*value))
                return false;
            target.query.emplace_back(std::move(*key), std::move(*value));
        }
        return true;
    }

    TargetOutcome refuse(std::string_view reason)
    {
        return { {}, Refusal { 400, std::string(reason) } };
    }

    TargetOutcome parse_path(std::string_view text, Target target)
    {
        size_t const question = std::min(text.find('?'), text.size());
        std::string_view const path = text.substr(0, question);
        if (path.find('\\') != std::string_view::npos)
            return refuse("forbidden character in the path");
        std::string clean = clean_path(path);
        auto decoded = decode(clean, Part::Path);
        if (!decoded || !is_utf8(*decoded))
            return refuse("malformed escape in the path");
        if (has_dot_segment(*decoded))
            return refuse("escaped dot segment in the path");
        if (clean != path)
            target.location = std::move(clean);
        target.path = std::move(*decoded);
        if (!parse_query(text.substr(std::min(question + 1, text.size())), target))
            return refuse("the query is malformed, or not UTF-8");
        return { std::move(target), {} };
    }

} // namespace

std::string clean_path(std::string_view path)
{
    std::string out;
    for (size_t begin = 1, end; begin <= path.size(); begin = end + 1) {
        end = std::min(path.find('/', begin), path.size());
        std::string_view const segment = path.substr(begin, end - begin);
        if (segment == "..")
            out.resize(out.empty() ? 0 : out.rfind('/'));
        else if (!segment.empty() && segment != ".")
            out.append("/").append(segment);
    }
    if (out.empty() || path.back() == '/')
        out.push_back('/');
    return out;
}

TargetOutcome parse_target(std::string_view method, std::string_view text)
{
    Target target;
    if (text == "*") {
        if (method != "OPTIONS")
            return refuse("malformed request target");
        target.path = "*";
        return { std::move(target), {} };
    }
    if (text.front() == '/')
        return parse_path(text, std::move(target));
    size_t const scheme = text.find("://");
    if (scheme == std::string_view::npos || (lower(text.substr(0, scheme)) != "http"))
        return refuse("malformed request target");
    text.remove_prefix(scheme + 3);
    size_t const end = std::min(text.find_first_of("/?"), text.size());
    target.authority = text.substr(0, end);
    target.is_absolute = true;
    if (target.authority.empty() || target.authority.find('@') != std::string::npos)
        return refuse("malformed authority in the request target");
    text.remove_prefix(end);
    if (text.empty() || text.front() == '?')
        return parse_path("/" + std::string(text), std::move(target));
    return parse_path(text, std::move(target));
}

} // namespace staithe::http
