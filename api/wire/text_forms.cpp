#include "api/wire/text_forms.hpp"

#include <array>
#include <cstdio>
#include <iterator>

namespace staithe::wire {

namespace {

    constexpr int64_t second = 1'000'000'000;

    template <class... Args> std::string format(char const* pattern, Args... args)
    {
        char buffer[96];
        int const size = std::snprintf(buffer, sizeof buffer, pattern, args...);
        return { buffer, static_cast<size_t>(size) };
    }

    struct Date {
        int64_t year;
        unsigned month, day;
    };

    /// The proleptic Gregorian date of a day counted from 1970-01-01 (Hinnant, "chrono-compatible low-level date
    /// algorithms"); gmtime_r would do, at three times the price per list record.
    Date date_of(int64_t days)
    {
        days += 719'468;
        int64_t const era = (days >= 0 ? days : days - 146'096) / 146'097;
        auto const day_of_era = static_cast<unsigned>(days - era * 146'097);
        unsigned const year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
        unsigned const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        unsigned const shifted = (5 * day_of_year + 2) / 153;
        unsigned const month = shifted < 10 ? shifted + 3 : shifted - 9;
        return { era * 400 + year_of_era + (month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1 };
    }

    std::string fraction_text(int64_t ns)
    {
        if (ns == 0)
            return {};
        auto text = format(".%09lld", static_cast<long long>(ns));
        text.erase(text.find_last_not_of('0') + 1);
        return text;
    }

} // namespace

std::string time_text(int64_t ns)
{
    if (ns == 0)
        return "0001-01-01T00:00:00Z";
    int64_t const day_ns = 86'400 * second;
    int64_t const days = ns / day_ns - (ns % day_ns < 0);
    int64_t const rest = ns - days * day_ns;
    auto const date = date_of(days);
    auto const of_day = static_cast<int>(rest / second);
    return format("%04lld-%02u-%02uT%02d:%02d:%02d", static_cast<long long>(date.year), date.month, date.day,
               of_day / 3600, of_day / 60 % 60, of_day % 60)
        + fraction_text(rest % second) + "Z";
}

std::string span_text(int64_t ns)
{
    int64_t const seconds = ns / second, minutes = seconds / 60, hours = minutes / 60;
    auto const counted = [](int64_t n, char const* unit) { return std::to_string(n) + unit; };
    if (seconds < 1)
        return "Less than a second";
    if (seconds < 60)
        return counted(seconds, " seconds");
    if (minutes == 1)
        return "About a minute";
    if (minutes < 60)
        return counted(minutes, " minutes");
    if (hours == 1)
        return "About an hour";
    if (hours < 48)
        return counted(hours, " hours");
    if (hours < 24 * 14)
        return counted(hours / 24, " days");
    if (hours < 24 * 90)
        return counted(hours / 24 / 7, " weeks");
    if (hours < 24 * 365 * 2)
        return counted(hours / 24 / 30, " months");
    return format("%f years", static_cast<double>(ns) / static_cast<double>(second) / 3600 / 24 / 365);
}

std::string size_text(uint64_t bytes)
{
    static constexpr std::array units { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
    auto size = static_cast<double>(bytes);
    size_t unit = 0;
    for (; size >= 1000 && unit + 1 < std::size(units); ++unit)
        size /= 1000;
    return format("%.4g %s", size, units[unit]);
}

std::string progress_text(uint64_t current, uint64_t total)
{
    if (total == 0)
        return format("%8llu/? (n/a)", static_cast<unsigned long long>(current));
    double const percent = static_cast<double>(current) / static_cast<double>(total) * 100;
    return format("%8s/%s (%.0f%%)", size_text(current).c_str(), size_text(total).c_str(), percent);
}

std::string_view short_id(std::string_view id)
{
    return id.substr(0, 12);
}

} // namespace staithe::wire
