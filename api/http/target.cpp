#include "api/http/target.hpp"

#include "api/http/hex.hpp"
#include "api/http/router.hpp"

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

    size_t utf8_size(std::string_view s)
    {
        auto const byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
        size_t const size = byte(0) < 0x80 ? 1
            : byte(0) < 0xC2               ? 0
            : byte(0) < 0xE0               ? 2
            : byte(0) < 0xF0               ? 3
            : byte(0) < 0xF5               ? 4
                                           : 0;
        if (size == 0 || size > s.size())
            return 0;
        for (size_t i = 1; i < size; ++i)
            if ((byte(i) & 0xC0) != 0x80)
                return 0;
        if (size > 2) {
            unsigned const lead = byte(0) * 256u + byte(1);
            bool const overlong = (lead >= 0xE080 && lead < 0xE0A0) || (lead >= 0xF080 && lead < 0xF090);
            bool const outside = (lead >= 0xEDA0 && lead < 0xEE00) || lead >= 0xF490;
            return overlong || outside ? 0 : size;
        }
        return size;
    }

    bool is_utf8(std::string_view s)
    {
        while (!s.empty()) {
            size_t const size = utf8_size(s);
            if (size == 0)
                return false;
            s.remove_prefix(size);
        }
        return true;
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
            if (!key || !value)
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
            return refuse("malformed escape in the query");
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
