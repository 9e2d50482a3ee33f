#include "daemon/build/signal.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    /// What kill(1) knows; the rest of the names are made of RTMIN and RTMAX.
    constexpr std::string_view signals[] = { "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL",
        "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
        "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "POLL", "PWR", "SYS" };

    bool is_number(std::string_view text, int least, int most)
    {
        int value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc() && end == text.data() + text.size() && value >= least && value <= most;
    }

} // namespace

bool is_signal(std::string_view text)
{
    auto const upper_case = upper(text);
    std::string_view name = upper_case;
    if (name.starts_with("SIG"))
        name.remove_prefix(3);
    if (name.starts_with("RTMIN") || name.starts_with("RTMAX")) {
        char const sign = name.starts_with("RTMIN") ? '+' : '-';
        auto const offset = name.substr(5);
        return offset.empty() || (offset.front() == sign && is_number(offset.substr(1), 0, 30));
    }
    return std::find(std::begin(signals), std::end(signals), name) != std::end(signals) || is_number(text, 1, 64);
}

} // namespace staithe::build
