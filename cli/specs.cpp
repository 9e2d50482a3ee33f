#include "cli/specs.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <optional>
#include <vector>

namespace staithe::cli {

namespace {

    constexpr std::string_view port_form = "[[ADDRESS:][HOSTPORT]:]PORT[/tcp|/udp], such as 8080:80";

    Error refused(std::string_view what, std::string_view text, std::string cause, std::string_view form)
    {
        return { STAITHE_INVALID, 0,
            "cannot use " + std::string(what) + " '" + std::string(text) + "': " + std::move(cause) + "\n  write "
                + std::string(form) };
    }

    std::string in_quotes(std::string_view text)
    {
        return "'" + std::string(text) + "'";
    }

    std::optional<int64_t> whole_number(std::string_view text)
    {
        int64_t number = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size() || number < 0)
            return std::nullopt;
        return number;
    }

    bool is_port(std::string_view text)
    {
        auto const number = whole_number(text);
        return number && *number >= 1 && *number <= 65535;
    }

    std::vector<std::string_view> split(std::string_view text, char at)
    {
        std::vector<std::string_view> parts;
        for (;;) {
            auto const end = text.find(at);
            parts.push_back(text.substr(0, end));
            if (end == text.npos)
                return parts;
            text.remove_prefix(end + 1);
        }
    }

    std::string without_zeros(std::string_view number)
    {
        return std::to_string(whole_number(number).value_or(0));
    }

    std::string number_fault(std::string_view port)
    {
        return is_port(port) ? std::string() : in_quotes(port) + " is no number from 1 to 65535";
    }

    /// What is wrong with PORT[/PROTO]; empty: nothing.
    std::string port_fault(std::string_view text)
    {
        auto const slash = text.find('/');
        auto const protocol = slash == text.npos ? "tcp" : text.substr(slash + 1);
        if (protocol != "tcp" && protocol != "udp")
            return "protocol " + in_quotes(protocol) + " is neither tcp nor udp";
        return number_fault(text.substr(0, slash));
    }

    /// PORT[/PROTO], without fault, as the API writes it.
    std::string api_port(std::string_view text)
    {
        auto const slash = text.find('/');
        return without_zeros(text.substr(0, slash)) + (slash == text.npos ? "/tcp" : std::string(text.substr(slash)));
    }

    std::string_view trimmed(std::string_view text)
    {
        auto const begin = text.find_first_not_of(" \t");
        if (begin == text.npos)
            return {};
        return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
    }

    /// What is wrong with an address; empty: nothing.
    std::string address_fault(std::string const& address)
    {
        in_addr parsed {};
        if (::inet_pton(AF_INET, address.c_str(), &parsed) == 1)
            return {};
        return in_quotes(address) + " is no IPv4 address";
    }

    /// Absolute, and not the root however it is written.
    std::string path_fault(std::string_view path)
    {
        if (!path.starts_with('/'))
            return in_quotes(path) + " is no absolute path";
        if (std::filesystem::path(path).lexically_normal().relative_path().empty())
            return "the root directory cannot be one";
        return {};
    }

    std::optional<int64_t> parse_utc(std::string_view text)
    {
        if (text.ends_with('Z'))
            text.remove_suffix(1);
        std::string const copy(text);
        std::tm fields {};
        char const* const end = ::strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
        if (!end || *end)
            return std::nullopt;
        return ::timegm(&fields);
    }

    std::optional<int64_t> parse_ago(std::string_view text)
    {
        if (text.empty())
            return std::nullopt;
        auto const unit = std::string_view("smhd").find(text.back());
        auto const count = whole_number(text.substr(0, text.size() - 1));
        static constexpr int64_t seconds[] = { 1, 60, 3600, 86400 };
        if (unit == std::string_view::npos || !count || *count > INT32_MAX)
            return std::nullopt;
        return *count * seconds[unit];
    }

} // namespace

Result<std::string> parse_port(std::string_view text)
{
    if (auto fault = port_fault(text); !fault.empty())
        return refused("port", text, std::move(fault), "PORT[/tcp|/udp], such as 53/udp");
    return api_port(text);
}

Result<Publication> parse_publication(std::string_view text)
{
    auto const parts = split(text, ':');
    if (text.find('[') != text.npos || parts.size() > 3)
        return refused("port", text, "only IPv4 addresses can be published on", port_form);
    Publication made;
    if (auto fault = port_fault(parts.back()); !fault.empty())
        return refused("port", text, std::move(fault), port_form);
    made.port = api_port(parts.back());
    if (parts.size() == 1)
        return made;
    auto const host_port = parts[parts.size() - 2];
    if (parts.size() == 3) {
        made.host_ip = parts[0];
        if (auto fault = address_fault(made.host_ip); !fault.empty())
            return refused("port", text, std::move(fault), port_form);
    } else if (host_port.find('.') != host_port.npos) {
        return refused("port", text, "an address alone is not enough",
            "ADDRESS::PORT for a port that the daemon chooses, or ADDRESS:HOSTPORT:PORT");
    }
    if (!host_port.empty() && host_port != "0") {
        if (auto fault = number_fault(host_port); !fault.empty())
            return refused("port", text, std::move(fault), port_form);
        made.host_port = without_zeros(host_port);
    }
    return made;
}

Result<VolumeSpec> parse_volume(std::string_view text)
{
    static constexpr std::string_view form =
        "/HOST/PATH:/PATH[:ro|rw], or /PATH alone for a volume that the daemon keeps";
    auto const parts = split(text, ':');
    if (parts.size() > 3)
        return refused("volume", text, "it has more than three parts", form);
    VolumeSpec made;
    made.container = parts[parts.size() == 1 ? 0 : 1];
    if (auto fault = path_fault(made.container); !fault.empty())
        return refused("volume", text, std::move(fault), form);
    if (parts.size() == 1)
        return made;
    made.host = parts[0];
    if (auto fault = path_fault(made.host); !fault.empty())
        return refused("volume", text, std::move(fault), form);
    if (parts.size() == 3) {
        made.mode = parts[2];
        if (made.mode != "ro" && made.mode != "rw")
            return refused("volume", text, in_quotes(made.mode) + " is neither ro nor rw", form);
    }
    return made;
}

Result<std::string> parse_link(std::string_view text)
{
    auto const parts = split(text, ':');
    if (parts.size() != 2 || parts[0].empty() || parts[1].empty())
        return refused("link", text, "it does not have two parts", "NAME:ALIAS, such as db:database");
    if (parts[1].find('/') != parts[1].npos)
        return refused("link", text, "an alias has no '/'", "NAME:ALIAS, such as db:database");
    return std::string(text);
}

Result<KeyValue> parse_key_value(std::string_view text)
{
    auto const equals = text.find('=');
    auto const key = trimmed(text.substr(0, equals));
    if (equals == text.npos || key.empty())
        return refused("option", text, "it has no key and value", "KEY=VALUE, such as lxc.cgroup.cpuset.cpus=0,1");
    return KeyValue { std::string(key), std::string(trimmed(text.substr(equals + 1))) };
}

Result<int64_t> parse_since(std::string_view text, int64_t now)
{
    if (auto const seconds = whole_number(text))
        return *seconds;
    if (auto const ago = parse_ago(text))
        return std::max<int64_t>(now - *ago, 1); // 0 would mean: nothing of the past
    if (auto const time = parse_utc(text); time && *time > 0)
        return *time;
    return refused("time", text, "it is none", "10m or 2h (ago), 2026-01-31T12:00:00Z, or seconds since 1970");
}

std::string utc_text(int64_t seconds)
{
    time_t const time = seconds;
    std::tm fields {};
    char buffer[64];
    if (!::gmtime_r(&time, &fields) || !std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &fields))
        return std::to_string(seconds);
    return buffer;
}

Result<ContainerPath> parse_container_path(std::string_view text)
{
    auto const colon = text.find(':');
    if (colon == text.npos || colon == 0 || colon + 1 == text.size())
        return refused(
            "source", text, "it does not name a container and a path in it", "CONTAINER:PATH, such as web:/etc/hosts");
    return ContainerPath { std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)) };
}

Result<ImageName> parse_image_name(std::string_view text)
{
    constexpr std::string_view form = "REPOSITORY[:TAG], such as app:1.2 or localhost:5000/team/app";
    auto const colon = text.rfind(':');
    bool const tagged = colon != text.npos && text.find('/', colon) == text.npos;
    ImageName name { std::string(tagged ? text.substr(0, colon) : text),
        std::string(tagged ? text.substr(colon + 1) : "") };
    if (name.repository.empty())
        return refused("image name", text, "it has no repository", form);
    if (tagged && name.tag.empty())
        return refused("image name", text, "its tag is empty", form);
    auto const rest = name.repository.rfind(':');
    if (tagged && rest != text.npos && name.repository.find('/', rest) == text.npos)
        return refused("image name", text, "it has two tags", form);
    return name;
}

} // namespace staithe::cli
