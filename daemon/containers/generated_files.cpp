#include "daemon/containers/generated_files.hpp"

#include <unistd.h>

#include <sstream>

#include "daemon/os/file.hpp"

namespace staithe::containers {

namespace {

    constexpr char host_file[] = "/etc/resolv.conf";

    /// Every line up to its comment.
    std::string without_comments(std::string_view text)
    {
        std::string rest;
        while (!text.empty()) {
            auto const line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            rest.append(line.substr(0, line.find('#'))).append("\n");
        }
        return rest;
    }

    /// Is it one that a container has too, and where nobody answers it?
    bool is_own_machine(std::string_view server)
    {
        return server.starts_with("127.") || server == "::1";
    }

} // namespace

std::string hosts_text(std::string const& hostname, std::string const& domainname)
{
    std::string const names = domainname.empty() ? hostname : hostname + "." + domainname + " " + hostname;
    return "127.0.0.1\t" + names + "\n::1\t\t" + names
        + "\n\n"
          "127.0.0.1\tlocalhost\n"
          "::1\t\tlocalhost ip6-localhost ip6-loopback\n"
          "fe00::0\t\tip6-localnet\n"
          "ff00::0\t\tip6-mcastprefix\n"
          "ff02::1\t\tip6-allnodes\n"
          "ff02::2\t\tip6-allrouters\n";
}

bool is_local_resolver(std::string_view resolv_conf)
{
    std::istringstream lines(without_comments(resolv_conf));
    bool names_one = false;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream parts(line);
        std::string keyword, server;
        if (!(parts >> keyword >> server) || keyword != "nameserver")
            continue;
        if (is_own_machine(server))
            return true;
        names_one = true;
    }
    return !names_one;
}

std::vector<std::string> name_servers(
    api::ContainerConfig const& config, std::vector<std::string> const& daemons, std::string_view host_resolv_conf)
{
    if (config.dns && !config.dns->empty())
        return *config.dns;
    if (!daemons.empty())
        return daemons;
    return is_local_resolver(host_resolv_conf) ? std::vector<std::string> { "8.8.8.8", "8.8.4.4" }
                                               : std::vector<std::string>();
}

std::string host_resolv_conf()
{
    auto text = os::read_file(host_file);
    return text ? std::move(text).value() : std::string();
}

GeneratedFiles generated_files(std::string const& directory)
{
    std::string const own = directory + "/resolv.conf";
    return { directory + "/hosts", directory + "/hostname", os::exists(own) ? own : host_file };
}

Result<GeneratedFiles> write_generated_files(
    std::string const& path, api::ContainerConfig const& config, std::vector<std::string> const& servers)
{
    auto const directory = STAITHE_TRY(os::open_directory(path));
    auto const write = [&](char const* name, std::string const& text) {
        return os::write_file_lazily(directory.get(), name, text, Mode::file());
    };
    STAITHE_TRY(write("hosts", hosts_text(config.hostname, config.domainname)));
    STAITHE_TRY(write("hostname", config.hostname + "\n"));
    GeneratedFiles files { path + "/hosts", path + "/hostname", host_file };
    if (servers.empty()) {
        (void)::unlinkat(directory.get(), "resolv.conf", 0); // an earlier start had its own
        return files;
    }
    std::string text;
    for (auto const& server : servers)
        text += "nameserver " + server + "\n";
    STAITHE_TRY(write("resolv.conf", text));
    files.resolv_conf = path + "/resolv.conf";
    return files;
}

} // namespace staithe::containers
