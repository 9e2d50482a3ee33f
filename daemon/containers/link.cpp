#include "daemon/containers/link.hpp"

#include <algorithm>
#include <cctype>

namespace staithe::containers {

namespace {

    std::string upper(std::string_view text)
    {
        std::string result(text);
        for (char& c : result)
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return result;
    }

    bool is_good_alias(std::string_view alias)
    {
        constexpr size_t longest = 255; // as of any name
        return !alias.empty() && alias.size() <= longest && std::none_of(alias.begin(), alias.end(), [](char c) {
            return c == '/' || c == '=' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        });
    }

    void add_port(std::vector<std::string>& env, std::string const& prefix, LinkedChild const& child, api::Port port)
    {
        std::string const protocol = port.protocol == api::Protocol::Tcp ? "tcp" : "udp";
        std::string const number = std::to_string(port.container_port);
        std::string const url = protocol + "://" + child.ip + ":" + number;
        if (env.empty())
            env.push_back(prefix + "_PORT=" + url);
        std::string const name = prefix + "_PORT_" + number + "_" + upper(protocol);
        env.push_back(name + "=" + url);
        env.push_back(name + "_ADDR=" + child.ip);
        env.push_back(name + "_PORT=" + number);
        env.push_back(name + "_PROTO=" + protocol);
    }

} // namespace

Result<LinkSpec> parse_link(std::string_view text)
{
    size_t const colon = text.find(':');
    LinkSpec spec;
    if (colon != text.npos && colon > 0)
        spec = { std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)) };
    if (!is_good_alias(spec.alias) || spec.alias.find(':') != spec.alias.npos)
        return Error { STAITHE_INVALID, 0,
            "Invalid format to parse.  " + std::string(text) + " should match template name:alias" };
    return spec;
}

std::vector<std::string> link_environment(LinkedChild const& child)
{
    std::string const prefix = upper(std::string_view(child.path).substr(child.path.rfind('/') + 1));
    std::vector<std::string> env;
    if (!child.ip.empty())
        for (auto const& port : child.exposed)
            add_port(env, prefix, child, port);
    env.push_back(prefix + "_NAME=" + child.path);
    for (auto const& entry : child.env) {
        auto const key = entry.substr(0, entry.find('='));
        if (std::count(entry.begin(), entry.end(), '=') == 1 && key != "HOME" && key != "PATH")
            env.push_back(prefix + "_ENV_" + entry);
    }
    return env;
}

} // namespace staithe::containers
