#include "daemon/processes/times.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace staithe::processes {

namespace {

    constexpr time_t day = 24 * 60 * 60;

    tm local(time_t moment)
    {
        tm parts {};
        ::localtime_r(&moment, &parts);
        return parts;
    }

    /// The daemon sets no locale: days and months are English.
    std::string formatted(char const* format, time_t moment)
    {
        auto const parts = local(moment);
        std::array<char, 64> text {};
        return { text.data(), std::strftime(text.data(), text.size(), format, &parts) };
    }

} // namespace

std::string days_and_time(uint64_t seconds)
{
    std::array<char, 48> text {};
    auto const s = seconds % 60, m = seconds / 60 % 60, h = seconds / 3600 % 24, d = seconds / 86400;
    if (d > 0)
        std::snprintf(text.data(), text.size(), "%" PRIu64 "-%02u:%02u:%02u", d, static_cast<unsigned>(h),
            static_cast<unsigned>(m), static_cast<unsigned>(s));
    else
        std::snprintf(text.data(), text.size(), "%02u:%02u:%02u", static_cast<unsigned>(h), static_cast<unsigned>(m),
            static_cast<unsigned>(s));
    return text.data();
}

std::string elapsed_time(uint64_t seconds)
{
    auto text = days_and_time(seconds);
    return seconds < 3600 ? text.substr(3) : text;
}

std::string minutes_and_seconds(uint64_t seconds)
{
    auto const rest = std::to_string(seconds % 60);
    return std::to_string(seconds / 60) + (rest.size() < 2 ? ":0" : ":") + rest;
}

std::string full_date(time_t moment)
{
    return formatted("%a %b %e %H:%M:%S %Y", moment);
}

std::string time_or_date(time_t moment, time_t now)
{
    return formatted(now - moment > day ? "%b %d" : "%H:%M:%S", moment);
}

std::string short_date(time_t moment, time_t now)
{
    auto const then = local(moment), today = local(now);
    if (then.tm_year != today.tm_year)
        return formatted("%Y", moment);
    return formatted(then.tm_yday != today.tm_yday ? "%b%d" : "%H:%M", moment);
}

std::string bsd_date(time_t moment, time_t now)
{
    return formatted(now - moment > day ? "%b %e" : "%H:%M", moment);
}

} // namespace staithe::processes
