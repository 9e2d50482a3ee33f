// How ps writes times: spans in seconds, moments in Unix seconds of the local time zone.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace staithe::processes {

/// "[DD-]HH:MM:SS"
std::string days_and_time(uint64_t seconds);
/// "[[DD-]HH:]MM:SS"
std::string elapsed_time(uint64_t seconds);
/// "M:SS"
std::string minutes_and_seconds(uint64_t seconds);

/// "Fri Nov 20 21:04:05 2026"
std::string full_date(time_t);
/// "21:04:05" within a day, else "Nov 20".
std::string time_or_date(time_t, time_t now);
/// "21:04" on the same day, "Nov20" in the same year, else "2025".
std::string short_date(time_t, time_t now);
/// "21:04" within a day, else "Nov 20".
std::string bsd_date(time_t, time_t now);

} // namespace staithe::processes
