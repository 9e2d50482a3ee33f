#include "daemon/config/config.hpp"

#include <unistd.h>

#include <charconv>
#include <climits>

#include "daemon/config/file.hpp"
#include "daemon/config/paths.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/os/file.hpp"

namespace staithe::config {

namespace {

    Error complaint(std::string what)
    {
        return { STAITHE_INVALID, 0, std::move(what) };
    }

    /// Applies flags in Go's manner: one or two dashes, -x=value or -x value, a switch takes a value only behind '='.
    Result<void> apply_flags(Config& config, int argc, char const* const* argv)
    {
        for (int i = 1; i < argc; ++i) {
            std::string_view word = argv[i];
            if (!word.starts_with('-') || word.size() < 2 || word == "--")
                return complaint("unexpected argument '" + std::string(word) + "'");
            word.remove_prefix(word.starts_with("--") ? 2 : 1);
            size_t const equals = word.find('=');
            std::string const name(word.substr(0, equals));
            auto const* const setting = find_setting(name);
            if (!setting)
                return complaint("unknown flag '" + std::string(argv[i]) + "', see --help");
            std::string_view value = equals == word.npos ? std::string_view() : word.substr(equals + 1);
            if (equals == word.npos && setting->shape == Shape::Value) {
                if (++i == argc)
                    return complaint("flag '" + std::string(argv[i - 1]) + "' needs a value");
                value = argv[i];
            } else if (equals != word.npos && value.empty()) {
                return complaint("flag '" + std::string(argv[i]) + "' has an empty value");
            }
            STAITHE_TRY_CONTEXT(setting->set(config, value), "flag '--" + name + "'");
        }
        return {};
    }

    Result<void> apply_default_file(Config& config)
    {
        bool const asked = !config.config_file.empty();
        std::string const path = asked ? config.config_file : STAITHE_CONFIG_FILE;
        auto const text = os::read_file(path);
        if (text)
            return apply_file(config, text.value(), path);
        if (!asked && text.error().sys_errno == ENOENT)
            return {};
        return text.error();
    }

    Result<void> make_absolute(std::string& path)
    {
        if (path.empty() || path.front() == '/')
            return {};
        char here[PATH_MAX];
        if (!::getcwd(here, sizeof here))
            return errno_error("cannot find out the working directory");
        path = std::string(here) + "/" + path;
        return {};
    }

    void fill_in(Config& config)
    {
        auto const otherwise = [](std::string& text, std::string value) {
            if (text.empty())
                text = std::move(value);
        };
        otherwise(config.driver_dir, STAITHE_INSTALLED_DRIVERS);
        otherwise(config.libexec_dir, STAITHE_INSTALLED_HELPERS);
        otherwise(config.pid_file, config.run_dir + "/staithed.pid");
        if (config.hosts.empty())
            config.hosts.push_back("unix://" + config.run_dir + "/staithe.sock");
        if (config.debug)
            config.log_level = "debug";
    }

} // namespace

Result<Config> load(int argc, char const* const* argv)
{
    Config flags;
    STAITHE_TRY(apply_flags(flags, argc, argv));
    if (flags.help || flags.version)
        return flags;
    Config config;
    config.config_file = flags.config_file;
    STAITHE_TRY(apply_default_file(config));
    if (!flags.hosts.empty())
        config.hosts.clear();
    if (!flags.allowed_hosts.empty())
        config.allowed_hosts.clear();
    if (!flags.name_servers.empty())
        config.name_servers.clear();
    STAITHE_TRY(apply_flags(config, argc, argv));
    for (auto* path : { &config.state_dir, &config.run_dir, &config.pid_file, &config.driver_dir, &config.libexec_dir })
        STAITHE_TRY(make_absolute(*path));
    fill_in(config);
    return config;
}

Result<std::string> normalize_address(std::string_view address)
{
    if (address.starts_with("unix://")) {
        if (address.size() < 9 || address[7] != '/')
            return complaint("'" + std::string(address) + "' names no absolute path");
        return std::string(address);
    }
    std::string_view rest = address;
    if (rest.starts_with("tcp://"))
        rest.remove_prefix(6);
    else if (rest.find("://") != rest.npos)
        return complaint("Invalid bind address protocol: " + std::string(address));
    if (std::string_view(address).empty() || rest.find_first_of("/ \t") != rest.npos)
        return complaint("Invalid bind address format: " + std::string(address));
    bool const literal = rest.starts_with('['); // an IPv6 address
    size_t const after = literal ? rest.find(']') : 0;
    size_t const colon = after == rest.npos ? rest.npos : rest.find(':', after);
    bool const twice = colon != rest.npos && rest.find(':', colon + 1) != rest.npos;
    if (twice || (literal && after == rest.npos) || (literal && after + 1 != rest.size() && colon != after + 1))
        return complaint("Invalid bind address format: " + std::string(address));
    std::string host(rest.substr(0, colon));
    std::string_view const port = colon == rest.npos ? std::string_view() : rest.substr(colon + 1);
    unsigned number = 4243;
    if (!port.empty()) {
        auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
        if (error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535)
            return complaint("Invalid bind address format: " + std::string(address));
    }
    return "tcp://" + (host.empty() ? "127.0.0.1" : host) + ":" + std::to_string(number);
}

uint16_t port_of(std::string_view address)
{
    uint16_t port = 0;
    if (address.starts_with("tcp://"))
        (void)std::from_chars(address.data() + address.rfind(':') + 1, address.data() + address.size(), port);
    return port;
}

} // namespace staithe::config
