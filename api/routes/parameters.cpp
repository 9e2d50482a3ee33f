#include "api/routes/parameters.hpp"

#include <csignal>
#include <strings.h>

#include <algorithm>
#include <charconv>

namespace staithe::routes {

namespace {

    bool same(std::string_view a, std::string_view b)
    {
        return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
    }

    template <class Number> std::errc parse(std::string_view text, Number& into)
    {
        if (text.starts_with('+') && !text.starts_with("+-"))
            text.remove_prefix(1);
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
        return error == std::errc {} && end != text.data() + text.size() ? std::errc::invalid_argument : error;
    }

    Error number_error(std::string_view text, std::errc why)
    {
        std::string message = "strconv.ParseInt: parsing \"";
        message.append(text).append("\": ");
        message += why == std::errc::result_out_of_range ? "value out of range" : "invalid syntax";
        return { STAITHE_INVALID, 0, std::move(message) };
    }

    struct Signal {
        std::string_view name;
        int number;
    };

    constexpr Signal signals[] = { { "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL },
        { "TRAP", SIGTRAP }, { "ABRT", SIGABRT }, { "IOT", SIGIOT }, { "BUS", SIGBUS }, { "FPE", SIGFPE },
        { "KILL", SIGKILL }, { "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE },
        { "ALRM", SIGALRM }, { "TERM", SIGTERM }, { "STKFLT", SIGSTKFLT }, { "CHLD", SIGCHLD }, { "CLD", SIGCHLD },
        { "CONT", SIGCONT }, { "STOP", SIGSTOP }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU },
        { "URG", SIGURG }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ }, { "VTALRM", SIGVTALRM }, { "PROF", SIGPROF },
        { "WINCH", SIGWINCH }, { "IO", SIGIO }, { "POLL", SIGPOLL }, { "PWR", SIGPWR }, { "SYS", SIGSYS } };

    constexpr int last_signal = 64;

    std::optional<int> signal_by_name(std::string_view name)
    {
        auto const found = std::find_if(
            std::begin(signals), std::end(signals), [&](Signal const& signal) { return same(signal.name, name); });
        return found == std::end(signals) ? std::nullopt : std::optional(found->number);
    }

} // namespace

Result<bool> boolean(http::Request const& request, std::string_view key)
{
    auto const value = request.parameter(key);
    if (value == "1" || same(value, "t") || same(value, "true"))
        return true;
    if (value.empty() || value == "0" || same(value, "f") || same(value, "false"))
        return false;
    return Error { STAITHE_INVALID, 0, "Bad parameter" };
}

Result<std::string> new_name(http::Request const& request, std::string_view key)
{
    auto const name = request.parameter(key);
    auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::any_of(name.begin(), name.end(), is_control))
        return Error { STAITHE_INVALID, 0, "Bad parameter: " + std::string(key) + " holds control characters" };
    return std::string(name);
}

std::optional<int64_t> lenient_integer(http::Request const& request, std::string_view key)
{
    int64_t number = 0;
    return parse(request.parameter(key), number) == std::errc {} ? std::optional(number) : std::nullopt;
}

Result<uint32_t> strict_integer(http::Request const& request, std::string_view key, uint32_t limit)
{
    auto const text = request.parameter(key);
    int64_t number = 0;
    auto error = parse(text, number);
    if (error == std::errc {} && (number < 0 || number > limit))
        error = std::errc::result_out_of_range;
    if (error != std::errc {})
        return number_error(text, error);
    return static_cast<uint32_t>(number);
}

Result<int> signal_number(http::Request const& request, std::string_view key)
{
    auto const text = request.parameter(key);
    if (text.empty())
        return 0;
    if (auto const number = signal_by_name(text))
        return *number;
    return static_cast<int>(STAITHE_TRY(strict_integer(request, key, last_signal)));
}

} // namespace staithe::routes
