// Everything the daemon can be told, with its defaults. Filled by flags and by the configuration file; see
// settings.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::config {

struct Config {
    std::vector<std::string> hosts; ///< "unix:///run/staithe/staithe.sock", "tcp://127.0.0.1:4243"
    std::string state_dir = "/var/lib/staithe";
    std::string run_dir = "/run/staithe";
    std::string config_file; ///< empty: the installed one, if it is there
    std::string driver_dir, libexec_dir;
    std::string pid_file; ///< empty: <run_dir>/staithed.pid
    std::string storage_driver = "overlay";
    std::string execution_driver = "namespaces";
    std::string socket_group = "docker";
    std::vector<std::string> allowed_hosts;
    std::string bridge = "staithe0"; ///< "none": containers have loopback only
    std::string default_host_ip = "0.0.0.0"; ///< where ports are published that name no address
    std::vector<std::string> name_servers; ///< of containers; empty: the host's
    std::string log_level = "info";
    uint64_t log_max_bytes = 20u << 20;
    uint64_t log_segments = 5;
    uint64_t driver_deadline = 30; ///< seconds
    bool allow_plain_tcp = false, trust_driver_dir = false, cors = false, debug = false, restart = true;
    bool inter_container = true, network_rules = true, api_from_containers = false;
    bool help = false, version = false;
    /// By "<kind>.<name>", in the file's order.
    std::map<std::string, std::vector<std::pair<std::string, std::string>>> driver_options;
};

/// What a command line and a file give. Defaults, then the file, then the flags; relative paths become absolute.
/// INVALID: an unknown or malformed setting, with its flag, or file and line.
Result<Config> load(int argc, char const* const* argv);

/// "[HOST][:PORT]" and "tcp://…" become "tcp://HOST:PORT" (127.0.0.1 and 4243 where missing), "unix://PATH" stays.
Result<std::string> normalize_address(std::string_view address);

/// Of such an address; 0: it has none.
uint16_t port_of(std::string_view address);

} // namespace staithe::config
