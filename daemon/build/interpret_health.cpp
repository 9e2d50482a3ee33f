// HEALTHCHECK.
#include <algorithm>
#include <charconv>

#include "daemon/build/duration.hpp"
#include "daemon/build/flags.hpp"
#include "daemon/build/json_array.hpp"
#include "daemon/build/readers.hpp"
#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    struct Times {
        std::string interval, timeout, start_period, start_interval, retries;

        bool any() const { return !(interval + timeout + start_period + start_interval + retries).empty(); }
    };

    Result<int64_t> duration(Statement const& statement, std::string const& name, std::string const& text)
    {
        constexpr int64_t shortest = 1'000'000;
        auto const value = text.empty() ? 0 : parse_duration(text);
        if (!value)
            return statement.problem("invalid duration '" + text + "' of flag " + name);
        if (*value != 0 && *value < shortest)
            return statement.problem("Interval '" + name + "' cannot be less than 1ms");
        return *value;
    }

    Result<int> retries(Statement const& statement, std::string const& text)
    {
        int value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (!text.empty() && (error != std::errc() || end != text.data() + text.size() || value < 0))
            return statement.problem("invalid number '" + text + "' of flag retries");
        return value;
    }

    Result<void> take_times(Statement const& statement, Times const& times, HealthCheck& check)
    {
        check.interval_ns = STAITHE_TRY(duration(statement, "interval", times.interval));
        check.timeout_ns = STAITHE_TRY(duration(statement, "timeout", times.timeout));
        check.start_period_ns = STAITHE_TRY(duration(statement, "start-period", times.start_period));
        check.start_interval_ns = STAITHE_TRY(duration(statement, "start-interval", times.start_interval));
        check.retries = STAITHE_TRY(retries(statement, times.retries));
        return {};
    }

} // namespace

Result<Instruction> read_health_check(Statement const& statement, char escape)
{
    Times times;
    auto const rest = STAITHE_TRY(read_flags(statement, escape,
        { { "interval", &times.interval }, { "timeout", &times.timeout }, { "start-period", &times.start_period },
            { "start-interval", &times.start_interval }, { "retries", &times.retries } }));
    auto const name = rest.substr(0, std::min(rest.find(' '), rest.size()));
    auto const command = trimmed(rest.substr(name.size()));
    HealthCheck check;
    check.text = statement.arguments;
    if (upper(name) == "NONE") {
        if (!command.empty() || times.any())
            return statement.problem("HEALTHCHECK NONE takes no arguments");
        check.test = { "NONE" };
        return Instruction(std::move(check));
    }
    if (upper(name) != "CMD")
        return statement.problem("Unknown type '" + std::string(name) + "' in HEALTHCHECK (try CMD)");
    auto line = STAITHE_TRY(command_line(statement, command));
    if (command.empty() || line.words.empty())
        return statement.problem("Missing command after HEALTHCHECK CMD");
    check.test = std::move(line.words);
    check.test.insert(check.test.begin(), line.shell ? "CMD-SHELL" : "CMD");
    STAITHE_TRY(take_times(statement, times, check));
    return Instruction(std::move(check));
}

} // namespace staithe::build
