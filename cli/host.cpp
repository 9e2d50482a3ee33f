#include "cli/host.hpp"

#include <sys/un.h>

#include <algorithm>
#include <cctype>

namespace staithe::cli {

namespace {

    constexpr std::string_view default_port = "4243";

    Error bad_host(std::string_view text, std::string_view cause)
    {
        return { STAITHE_INVALID, 0,
            "cannot use host '" + std::string(text) + "': " + std::string(cause)
                + "\n  write unix:///path/to/socket or tcp://name:port" };
    }

    Result<Host> unix_host(std::string_view text, std::string_view path)
    {
        if (path.empty() || path.front() != '/')
            return bad_host(text, "the path of a socket begins with '/'");
        if (path.size() >= sizeof(sockaddr_un::sun_path) || path.find('\0') != path.npos)
            return bad_host(text, "the path of a socket has at most 107 bytes");
        return Host { Host::Kind::Unix, std::string(path), {}, {} };
    }

    bool is_port(std::string_view port)
    {
        return !port.empty() && port.size() <= 5
            && std::all_of(port.begin(), port.end(), [](unsigned char c) { return std::isdigit(c); })
            && std::stoi(std::string(port)) >= 1 && std::stoi(std::string(port)) <= 65535;
    }

    Result<Host> tcp_host(std::string_view text, std::string_view address)
    {
        auto const end = address.front() == '[' ? address.find(']') : address.rfind(':');
        std::string_view name = address, port = default_port;
        if (address.front() == '[') {
            if (end == address.npos)
                return bad_host(text, "']' is missing");
            name = address.substr(1, end - 1);
            auto const rest = address.substr(end + 1);
            if (!rest.empty())
                port = rest.front() == ':' ? rest.substr(1) : std::string_view();
        } else if (end != address.npos) {
            name = address.substr(0, end);
            port = address.substr(end + 1);
            if (name.find(':') != name.npos)
                return bad_host(text, "an IPv6 address stands in brackets");
        }
        if (name.empty() || name.find_first_of("/ \t") != name.npos)
            return bad_host(text, "the name of a host is needed");
        if (!is_port(port))
            return bad_host(text, "a port is a number from 1 to 65535");
        return Host { Host::Kind::Tcp, {}, std::string(name), std::string(port) };
    }

} // namespace

std::string Host::text() const
{
    if (kind == Kind::Unix)
        return "unix://" + path;
    return "tcp://" + (name.find(':') == name.npos ? name : "[" + name + "]") + ":" + port;
}

Result<Host> parse_host(std::string_view text)
{
    if (text.starts_with("unix://"))
        return unix_host(text, text.substr(7));
    if (text.starts_with("/"))
        return unix_host(text, text);
    auto const scheme = text.find("://");
    if (scheme != text.npos && text.substr(0, scheme) != "tcp")
        return bad_host(text, "unknown kind '" + std::string(text.substr(0, scheme)) + "'");
    auto address = scheme == text.npos ? text : text.substr(scheme + 3);
    while (address.ends_with('/'))
        address.remove_suffix(1);
    if (address.empty())
        return bad_host(text, "it names no address");
    return tcp_host(text, address);
}

Result<Host> choose_host(
    std::optional<std::string> const& flag, std::function<char const*(char const*)> const& environment)
{
    if (flag)
        return parse_host(*flag);
    for (char const* variable : { "STAITHE_HOST", "DOCKER_HOST" }) {
        char const* const value = environment(variable);
        if (value && *value)
            return STAITHE_TRY_CONTEXT(parse_host(value), std::string(variable));
    }
    return parse_host(default_host);
}

} // namespace staithe::cli
