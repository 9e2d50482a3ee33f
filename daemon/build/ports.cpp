#include "daemon/build/ports.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace staithe::build {

namespace {

    std::optional<unsigned> number(std::string_view text, unsigned least)
    {
        unsigned value = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        bool const good = error == std::errc() && end == text.data() + text.size() && value >= least && value <= 65535;
        return good ? std::optional(value) : std::nullopt;
    }

    Error invalid(std::string_view what, std::string_view value, std::string_view rest = {})
    {
        return { STAITHE_INVALID, 0, std::string(what).append(value).append(rest) };
    }

    Result<std::vector<std::string>> range(std::string_view port, std::string_view protocol)
    {
        size_t const dash = port.find('-');
        auto const first = number(port.substr(0, dash), 1), last = number(port.substr(dash + 1), 1);
        if (!first || !last || *first > *last)
            return invalid("Invalid containerPort: ", port);
        std::vector<std::string> ports;
        for (unsigned value = *first; value <= *last; ++value)
            ports.push_back(std::to_string(value).append(protocol));
        return ports;
    }

} // namespace

Result<std::vector<std::string>> expand_port(std::string_view text)
{
    size_t const slash = std::min(text.find('/'), text.size());
    auto const address = text.substr(0, slash), protocol = text.substr(slash);
    auto const colons = std::count(address.begin(), address.end(), ':');
    if (colons > 2)
        return invalid("Invalid format to parse.  ", text, " should match template ip:hostPort:containerPort");
    size_t const last = address.rfind(':');
    auto const port = address.substr(last == address.npos ? 0 : last + 1);
    if (port.empty())
        return invalid("No port specified: ", text);
    if (colons == 0 && port.find('-') != port.npos)
        return range(port, protocol);
    if (!number(port, 1))
        return invalid("Invalid containerPort: ", port);
    auto host = address.substr(0, colons == 0 ? 0 : last);
    if (colons == 2)
        host.remove_prefix(host.find(':') + 1);
    if (!host.empty() && !number(host, 0))
        return invalid("Invalid hostPort: ", host);
    return std::vector { std::string(text) };
}

} // namespace staithe::build
