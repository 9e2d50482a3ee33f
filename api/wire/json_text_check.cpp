#include "api/wire/json_text_check.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "api/wire/utf8.hpp"

namespace staithe::wire {

namespace {

    Error refused(std::string_view why)
    {
        return { STAITHE_INVALID, 0, "invalid JSON: " + std::string(why) };
    }

    /// The value of "\uXXXX" at the front; nothing where there is no such escape (the parser then says what is wrong).
    std::optional<uint32_t> unicode_escape(std::string_view s)
    {
        if (s.size() < 6 || s[0] != '\\' || s[1] != 'u')
            return {};
        uint32_t value = 0;
        auto const [end, error] = std::from_chars(s.data() + 2, s.data() + 6, value, 16);
        if (error != std::errc {} || end != s.data() + 6)
            return {};
        return value;
    }

    bool is_high(uint32_t unit)
    {
        return unit >= 0xD800 && unit < 0xDC00;
    }
    bool is_low(uint32_t unit)
    {
        return unit >= 0xDC00 && unit < 0xE000;
    }

    /// How long the escape at the front is.
    Result<size_t> check_escape(std::string_view s)
    {
        auto const unit = unicode_escape(s);
        if (!unit)
            return size_t(2);
        if (*unit == 0)
            return refused("NUL in a text");
        if (!is_high(*unit) && !is_low(*unit))
            return size_t(6);
        auto const low = unicode_escape(s.substr(6));
        if (is_low(*unit) || !low || !is_low(*low))
            return refused("lone surrogate");
        return size_t(12);
    }

    /// Just behind the text that begins at i; the end where it does not end (the parser then says so).
    size_t skip_text(std::string_view s, size_t i)
    {
        for (++i; i < s.size() && s[i] != '"'; ++i)
            i += s[i] == '\\';
        return i + 1;
    }

    /// Poco wraps -2^63 - 1 and gives 2^64 - 1 as unsigned; no field of ours is that large.
    Result<void> check_integers(std::string_view s)
    {
        constexpr std::string_view digits = "0123456789";
        for (size_t i = s.find_first_of("\"-0123456789"); i < s.size(); i = s.find_first_of("\"-0123456789", i)) {
            if (s[i] == '"') {
                i = skip_text(s, i);
                continue;
            }
            auto const end = std::min(s.find_first_not_of(digits, i + 1), s.size());
            int64_t value = 0;
            bool const is_integer = end == s.size() || (s[end] != '.' && s[end] != 'e' && s[end] != 'E');
            if (is_integer && std::from_chars(s.data() + i, s.data() + end, value).ec == std::errc::result_out_of_range)
                return refused("number does not fit in 64 bits");
            i = std::min(s.find_first_not_of("0123456789+-.eE", end), s.size());
        }
        return {};
    }

} // namespace

Result<void> check_json_text(std::string_view s)
{
    if (s.starts_with("\xEF\xBB\xBF"))
        return refused("byte order mark");
    if (s.find('\0') != s.npos)
        return refused("NUL");
    if (!is_utf8(s))
        return refused("not UTF-8");
    for (size_t i = s.find('\\'); i < s.size(); i = s.find('\\', i))
        i += STAITHE_TRY(check_escape(s.substr(i)));
    return check_integers(s);
}

} // namespace staithe::wire
