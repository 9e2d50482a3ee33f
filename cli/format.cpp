#include "cli/format.hpp"

#include <cctype>
#include <charconv>
#include <cstdio>
#include <limits>

namespace staithe::cli {

namespace {

    constexpr int64_t minute = 60, hour = 60 * minute, day = 24 * hour, week = 7 * day, month = 30 * day,
                      year = 365 * day;

    bool continues(char c)
    {
        return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    }

    /// The power of 1024 that a unit means, or -1.
    int unit_power(std::string_view unit)
    {
        std::string lower;
        for (char const c : unit)
            lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (lower.size() == 2 && lower[1] == 'b')
            lower.pop_back();
        if (lower.empty() || lower == "b")
            return 0;
        auto const power = std::string_view("kmgt").find(lower);
        return lower.size() == 1 && power != std::string_view::npos ? static_cast<int>(power) + 1 : -1;
    }

    std::string counted(int64_t n, std::string_view unit)
    {
        return std::to_string(n) + " " + std::string(unit);
    }

} // namespace

Result<int64_t> parse_size(std::string_view text)
{
    int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    int const power = unit_power(text.substr(static_cast<size_t>(end - text.data())));
    if (error == std::errc::invalid_argument || number < 0 || power < 0)
        return Error { STAITHE_INVALID, 0,
            "'" + std::string(text) + "' is no size; write a number and a unit, such as 64m or 1g" };
    if (error != std::errc() || number > std::numeric_limits<int64_t>::max() >> (10 * power))
        return Error { STAITHE_RANGE, 0, "size '" + std::string(text) + "' is too large" };
    return number << (10 * power);
}

std::string human_size(int64_t bytes)
{
    static constexpr char const* units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
    double value = static_cast<double>(bytes);
    size_t unit = 0;
    while (value >= 1000 && unit + 1 < std::size(units)) {
        value /= 1000;
        ++unit;
    }
    char buffer[48];
    std::snprintf(buffer, sizeof buffer, "%.4g %s", value, units[unit]);
    return buffer;
}

std::string human_duration(int64_t seconds)
{
    if (seconds < 1)
        return "Less than a second";
    if (seconds < minute)
        return counted(seconds, seconds == 1 ? "second" : "seconds");
    if (seconds < 2 * minute)
        return "About a minute";
    if (seconds < hour)
        return counted(seconds / minute, "minutes");
    if (seconds < 2 * hour)
        return "About an hour";
    if (seconds < 48 * hour)
        return counted(seconds / hour, "hours");
    if (seconds < 2 * week)
        return counted(seconds / day, "days");
    if (seconds < 90 * day)
        return counted(seconds / week, "weeks");
    if (seconds < 2 * year)
        return counted(seconds / month, "months");
    return counted(seconds / year, "years");
}

std::string human_age(int64_t then, int64_t now)
{
    return human_duration(now - then) + " ago";
}

Result<int64_t> parse_count(std::string_view text)
{
    int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0)
        return Error { STAITHE_INVALID, 0, "'" + std::string(text) + "' is no whole number" };
    return number;
}

Result<int> parse_seconds(std::string_view text)
{
    int number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0)
        return Error { STAITHE_INVALID, 0, "'" + std::string(text) + "' is no number of seconds" };
    return number;
}

std::string printable(std::string_view text)
{
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        bool const c1 = c == 0xC2 && i + 1 < text.size() && continues(text[i + 1])
            && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (c1)
            ++i;
        out += c < 0x20 || c == 0x7F || c1 ? '?' : text[i];
    }
    return out;
}

std::string comma_list(std::vector<std::string> const& parts)
{
    std::string out;
    for (auto const& part : parts)
        out += (out.empty() ? "" : ", ") + part;
    return out;
}

size_t columns(std::string_view text)
{
    size_t count = 0;
    for (char const c : text)
        count += continues(c) ? 0 : 1;
    return count;
}

std::string shortened(std::string_view text, size_t limit)
{
    if (columns(text) <= limit)
        return std::string(text);
    size_t end = 0;
    for (size_t count = 0; end < text.size(); ++end) {
        if (!continues(text[end]) && ++count == limit)
            break;
    }
    return std::string(text.substr(0, end)) + "…";
}

} // namespace staithe::cli
