#include "api/http/host_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace staithe::http {

namespace {

    /// "name:2375" → "name", "[::1]:2375" → "::1"; nothing when the port is not one.
    std::optional<std::string> host_of(std::string_view authority)
    {
        size_t const bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
        size_t const colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
        std::string_view const port = colon == std::string_view::npos ? "" : authority.substr(colon + 1);
        if (port.size() > 5 || !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return {};
        std::string_view host = authority.substr(0, colon);
        if (bracket != std::string_view::npos) {
            if (host.size() != bracket + 1)
                return {};
            host = host.substr(1, bracket - 1);
        }
        return lower(host);
    }

    bool is_address(std::string const& host)
    {
        unsigned char bytes[16];
        return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
    }

    bool is_listed(std::string const& host, std::vector<std::string> const& names)
    {
        return std::any_of(names.begin(), names.end(), [&](auto const& name) { return lower(name) == host; });
    }

    bool is_allowed(std::string_view authority, std::vector<std::string> const& names)
    {
        auto const host = host_of(authority);
        return host && (*host == "localhost" || is_address(*host) || is_listed(*host, names));
    }

    /// Same-origin or an origin the operator named; "null" and everything else is foreign.
    bool is_trusted_origin(std::string_view origin, std::string_view host_field, std::vector<std::string> const& names)
    {
        size_t const scheme = origin.find("://");
        if (scheme == std::string_view::npos)
            return false;
        std::string_view const authority = origin.substr(scheme + 3);
        auto const host = host_of(authority);
        return host && (is_listed(*host, names) || (!host_field.empty() && lower(authority) == lower(host_field)));
    }

    bool is_form_type(std::string_view value)
    {
        std::string const type = lower(value);
        return type.starts_with("text/plain") || type.starts_with("application/x-www-form-urlencoded")
            || type.starts_with("multipart/");
    }

    std::optional<Refusal> forbid(std::string_view reason)
    {
        return Refusal { 403, std::string(reason) };
    }

} // namespace

std::optional<Refusal> check_tcp_request(
    Head const& head, Target const& target, bool loopback_peer, std::vector<std::string> const& allowed_hosts)
{
    std::string_view const host = head.field("host");
    if (host.empty() ? !loopback_peer : !is_allowed(host, allowed_hosts))
        return forbid("this Host is not served here");
    if (target.is_absolute && !is_allowed(target.authority, allowed_hosts))
        return forbid("this Host is not served here");
    if (head.count("sec-fetch-site")) {
        std::string const site = lower(head.field("sec-fetch-site"));
        if (head.count("sec-fetch-site") > 1 || (site != "none" && site != "same-origin"))
            return forbid("cross-site requests are not served");
    }
    if (head.count("origin") == 0)
        return {};
    if (head.count("origin") > 1 || !is_trusted_origin(head.field("origin"), host, allowed_hosts))
        return forbid("requests of this Origin are not served");
    if ((head.method == "POST" || head.method == "PUT") && is_form_type(head.field("content-type")))
        return Refusal { 415, "a web page must send application/json" };
    return {};
}

} // namespace staithe::http
