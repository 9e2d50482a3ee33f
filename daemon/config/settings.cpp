#include "daemon/config/settings.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "daemon/config/paths.hpp"

namespace staithe::config {

namespace {

    Error invalid(std::string_view value, char const* wanted)
    {
        return { STAITHE_INVALID, 0, "'" + std::string(value) + "' is not " + wanted };
    }

    template <std::string Config::*member> Result<void> set_text(Config& config, std::string_view value)
    {
        if (value.empty())
            return Error { STAITHE_INVALID, 0, "a value is missing" };
        config.*member = value;
        return {};
    }
    template <std::string Config::*member> std::string get_text(Config const& config)
    {
        return config.*member;
    }

    template <bool Config::*member> Result<void> set_switch(Config& config, std::string_view value)
    {
        for (auto const* yes : { "", "1", "t", "T", "true", "TRUE", "True", "yes", "on" })
            if (value == yes)
                return config.*member = true, Result<void>();
        for (auto const* no : { "0", "f", "F", "false", "FALSE", "False", "no", "off" })
            if (value == no)
                return config.*member = false, Result<void>();
        return invalid(value, "true or false");
    }
    template <bool Config::*member> std::string get_switch(Config const& config)
    {
        return config.*member ? "true" : "false";
    }

    template <uint64_t Config::*member, uint64_t least, uint64_t most>
    Result<void> set_number(Config& config, std::string_view value)
    {
        uint64_t number = 0;
        auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size() || number < least || number > most)
            return Error { STAITHE_INVALID, 0,
                "'" + std::string(value) + "' is not a number from " + std::to_string(least) + " to "
                    + std::to_string(most) };
        config.*member = number;
        return {};
    }
    template <uint64_t Config::*member> std::string get_number(Config const& config)
    {
        return std::to_string(config.*member);
    }

    Result<void> add_host(Config& config, std::string_view value)
    {
        config.hosts.push_back(STAITHE_TRY(normalize_address(value)));
        return {};
    }
    Result<void> add_allowed_host(Config& config, std::string_view value)
    {
        if (value.empty())
            return Error { STAITHE_INVALID, 0, "a value is missing" };
        config.allowed_hosts.emplace_back(value);
        return {};
    }
    template <std::vector<std::string> Config::*member> std::string get_list(Config const& config)
    {
        std::string joined;
        for (auto const& element : config.*member)
            joined.append(joined.empty() ? "" : ",").append(element);
        return joined;
    }

    Result<void> set_log_level(Config& config, std::string_view value)
    {
        for (auto const* level : { "debug", "info", "warning", "error" })
            if (value == level)
                return config.log_level = value, Result<void>();
        return invalid(value, "one of debug, info, warning, error");
    }

    Result<void> set_driver(std::string& driver, std::string_view value)
    {
        if (value.empty() || value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != value.npos)
            return invalid(value, "a driver's name");
        driver = value;
        return {};
    }
    Result<void> set_storage(Config& config, std::string_view value)
    {
        return set_driver(config.storage_driver, value);
    }
    Result<void> set_execution(Config& config, std::string_view value)
    {
        return set_driver(config.execution_driver, value);
    }

    Result<void> ignore(Config&, std::string_view)
    {
        return {};
    }

    bool is_address(int family, std::string_view value)
    {
        unsigned char address[16];
        return ::inet_pton(family, std::string(value).c_str(), address) == 1;
    }
    Result<void> add_name_server(Config& config, std::string_view value)
    {
        if (!is_address(AF_INET, value) && !is_address(AF_INET6, value))
            return invalid(value, "an IP address");
        config.name_servers.emplace_back(value);
        return {};
    }
    Result<void> set_host_ip(Config& config, std::string_view value)
    {
        if (!is_address(AF_INET, value))
            return invalid(value, "an IPv4 address");
        config.default_host_ip = value;
        return {};
    }
    Result<void> set_bridge(Config& config, std::string_view value)
    {
        constexpr size_t longest = 15; // the kernel's
        if (value.empty() || value.size() > longest || value == "." || value == ".."
            || value.find_first_of("/ \t%:") != value.npos)
            return invalid(value, "an interface's name, or none");
        config.bridge = value;
        return {};
    }
    std::string nothing(Config const&)
    {
        return {};
    }

    using enum Shape;
    using C = Config;
    constexpr auto flag = Where::Flag, both = Where::FlagAndFile;
    constexpr auto keep = Reload::No, hup = Reload::Yes;

    constexpr std::array table {
        Setting { "host", "H", Value, both, keep, "ADDRESS",
            "listen here; may be repeated [unix:///run/staithe/staithe.sock]", add_host, get_list<&C::hosts> },
        Setting { "allow-plain-tcp", "", Switch, both, keep, "",
            "permit tcp:// addresses: whoever reaches them is root", set_switch<&C::allow_plain_tcp>,
            get_switch<&C::allow_plain_tcp> },
        Setting { "allowed-host", "", Value, both, hup, "NAME", "accept this Host name on TCP; may be repeated",
            add_allowed_host, get_list<&C::allowed_hosts> },
        Setting { "socket-group", "G", Value, both, keep, "GROUP", "the group that may use the unix socket [docker]",
            set_text<&C::socket_group>, get_text<&C::socket_group> },
        Setting { "cors", "api-enable-cors", Switch, both, hup, "", "send CORS headers", set_switch<&C::cors>,
            get_switch<&C::cors> },
        Setting { "state", "g", Value, both, keep, "DIR", "images, containers, database [/var/lib/staithe]",
            set_text<&C::state_dir>, get_text<&C::state_dir> },
        Setting { "run", "", Value, both, keep, "DIR", "sockets; empty after a reboot [/run/staithe]",
            set_text<&C::run_dir>, get_text<&C::run_dir> },
        Setting { "pidfile", "p", Value, both, keep, "FILE", "the daemon's process id [<run>/staithed.pid]",
            set_text<&C::pid_file>, get_text<&C::pid_file> },
        Setting { "config", "", Value, flag, keep, "FILE", "configuration [" STAITHE_CONFIG_FILE "]",
            set_text<&C::config_file>, get_text<&C::config_file> },
        Setting { "driver-dir", "", Value, both, keep, "DIR", "drivers [" STAITHE_INSTALLED_DRIVERS "]",
            set_text<&C::driver_dir>, get_text<&C::driver_dir> },
        Setting { "trust-driver-dir", "", Switch, both, keep, "",
            "do not check who owns the directories above the drivers; for build trees",
            set_switch<&C::trust_driver_dir>, get_switch<&C::trust_driver_dir> },
        Setting { "libexec-dir", "", Value, both, keep, "DIR", "helper programs [" STAITHE_INSTALLED_HELPERS "]",
            set_text<&C::libexec_dir>, get_text<&C::libexec_dir> },
        Setting { "storage-driver", "s", Value, both, keep, "NAME", "where new images go [overlay]", set_storage,
            get_text<&C::storage_driver> },
        Setting { "exec-driver", "e", Value, both, keep, "NAME", "what runs new containers [namespaces]", set_execution,
            get_text<&C::execution_driver> },
        Setting { "restart", "r", Switch, both, keep, "",
            "start again what ran when the machine went down; -r=false: do not [true]", set_switch<&C::restart>,
            get_switch<&C::restart> },
        Setting { "bridge", "b", Value, both, keep, "NAME", "the containers' bridge; none: loopback only [staithe0]",
            set_bridge, get_text<&C::bridge> },
        Setting { "icc", "", Switch, both, keep, "", "containers reach one another; -icc=false: only over links [true]",
            set_switch<&C::inter_container>, get_switch<&C::inter_container> },
        Setting { "ip", "", Value, both, keep, "ADDRESS", "publish ports here that name no address [0.0.0.0]",
            set_host_ip, get_text<&C::default_host_ip> },
        Setting { "iptables", "", Switch, both, keep, "",
            "keep packet rules; -iptables=false: none, and no port is published [true]", set_switch<&C::network_rules>,
            get_switch<&C::network_rules> },
        Setting { "dns", "", Value, both, keep, "ADDRESS",
            "name server of containers that name none; may be repeated [the host's]", add_name_server,
            get_list<&C::name_servers> },
        Setting { "api-from-containers", "", Switch, both, keep, "", "let containers reach this daemon's own TCP ports",
            set_switch<&C::api_from_containers>, get_switch<&C::api_from_containers> },
        Setting { "log-level", "", Value, both, hup, "LEVEL", "debug, info, warning or error [info]", set_log_level,
            get_text<&C::log_level> },
        Setting { "debug", "D", Switch, both, hup, "", "the same as --log-level=debug", set_switch<&C::debug>,
            get_switch<&C::debug> },
        Setting { "log-max-bytes", "", Value, both, keep, "BYTES",
            "of one segment of a container's log; 0: no end [20971520]", set_number<&C::log_max_bytes, 0, (1ull << 40)>,
            get_number<&C::log_max_bytes> },
        Setting { "log-segments", "", Value, both, keep, "COUNT", "kept of a container's log [5]",
            set_number<&C::log_segments, 1, 1000>, get_number<&C::log_segments> },
        Setting { "driver-deadline", "", Value, both, keep, "SECONDS",
            "give up a driver that does not answer for so long [30]", set_number<&C::driver_deadline, 1, 3600>,
            get_number<&C::driver_deadline> },
        Setting {
            "version", "v", Switch, flag, keep, "", "print the version and end", set_switch<&C::version>, nothing },
        Setting { "help", "h", Switch, flag, keep, "", "print this and end", set_switch<&C::help>, nothing },
        Setting { "", "d", Switch, flag, keep, "", "", ignore, nothing },
    };

    std::string synopsis(Setting const& setting)
    {
        std::string text = "  ";
        if (*setting.short_name)
            text.append("-").append(setting.short_name).append(", ");
        text.append("--").append(setting.name);
        if (setting.shape == Value)
            text.append("=").append(setting.argument);
        return text;
    }

} // namespace

std::span<Setting const> settings()
{
    return table;
}

Setting const* find_setting(std::string_view name)
{
    for (auto const& setting : table)
        if (!name.empty() && (name == setting.name || name == setting.short_name))
            return &setting;
    return nullptr;
}

std::string help_text()
{
    constexpr size_t column = 32;
    std::string text =
        "usage: staithed [FLAG]…\n\nThe container daemon. Flags (one or two dashes, -x=VALUE or -x VALUE):\n\n";
    for (auto const& setting : table) {
        if (!*setting.name)
            continue;
        auto line = synopsis(setting);
        line.resize(std::max(line.size() + 1, column), ' ');
        text += line + setting.help + "\n";
    }
    return text
        + "\nThe file has the same settings without dashes below [daemon], and the options of drivers below\n"
          "[storage.NAME] and [execution.NAME]. SIGHUP reads it again; SIGTERM ends the daemon and leaves\n"
          "containers running.\n";
}

std::vector<Setting const*> differences(Config const& old_one, Config const& new_one)
{
    std::vector<Setting const*> changed;
    for (auto const& setting : table)
        if (setting.get(old_one) != setting.get(new_one))
            changed.push_back(&setting);
    return changed;
}

} // namespace staithe::config
