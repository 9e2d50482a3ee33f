#include "daemon/build/duration.hpp"

#include <algorithm>
#include <utility>

namespace staithe::build {

namespace {

    constexpr std::pair<std::string_view, int64_t> units[] = { { "ns", 1 }, { "us", 1'000 }, { "µs", 1'000 },
        { "ms", 1'000'000 }, { "s", 1'000'000'000 }, { "m", 60'000'000'000 }, { "h", 3'600'000'000'000 } };

    /// Takes "1.5s" off a text, and adds what it is worth; false: it is not there, or too long.
    bool take_part(std::string_view& text, long double& total)
    {
        long double number = 0, place = 1;
        bool digits = false, fraction = false;
        for (; !text.empty(); text.remove_prefix(1)) {
            char const c = text.front();
            if (c == '.' && !fraction)
                fraction = true;
            else if (c >= '0' && c <= '9')
                digits = true, number = number * 10 + (c - '0'), place *= fraction ? 10 : 1;
            else
                break;
        }
        auto const end = text.find_first_of("0123456789.");
        auto const name = text.substr(0, end);
        auto const unit = std::find_if(std::begin(units), std::end(units), [&](auto& u) { return u.first == name; });
        if (!digits || unit == std::end(units))
            return false;
        text.remove_prefix(name.size());
        total += number / place * static_cast<long double>(unit->second);
        return total < 9.223372036854775e18L;
    }

} // namespace

std::optional<int64_t> parse_duration(std::string_view text)
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    if (text == "0")
        return 0;
    long double total = 0;
    bool good = !text.empty() && text.size() <= 64;
    while (good && !text.empty())
        good = take_part(text, total);
    return good ? std::optional(static_cast<int64_t>(total + 0.5L)) : std::nullopt;
}

} // namespace staithe::build
