// The value types of containers, as today's engine sees them: newest shape, no version in sight. Names follow Docker's
// terms; the wire room knows how each version spells them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace staithe::api {

/// What a client asks for and what an image suggests (spec: Config).
struct ContainerConfig {
    std::string hostname, domainname, user;
    int64_t memory = 0, memory_swap = 0, cpu_shares = 0;
    bool attach_stdin = false, attach_stdout = false, attach_stderr = false;
    std::vector<std::string> port_specs;
    std::set<std::string> exposed_ports; ///< "80/tcp"
    bool tty = false, open_stdin = false, stdin_once = false;
    /// Absent and empty lists are told apart, as clients of the time see null or [].
    std::optional<std::vector<std::string>> env, command, entrypoint, dns;
    std::string image;
    std::set<std::string> volumes;
    std::string volumes_from, working_dir;
    bool network_disabled = false, privileged = false;
};

struct PortBinding {
    std::string host_ip, host_port;
};

/// What a start may say (spec: HostConfig).
struct HostConfig {
    std::vector<std::string> binds, links;
    std::string container_id_file;
    std::vector<std::pair<std::string, std::string>> lxc_conf;
    std::map<std::string, std::vector<PortBinding>> port_bindings;
    bool privileged = false, publish_all_ports = false;
};

struct ContainerState {
    bool running = false;
    bool ghost = false;
    int pid = 0;
    int exit_code = 0;
    int64_t started_ns = 0, finished_ns = 0; ///< real time; 0: never
};

/// One record of the container list.
struct ContainerSummary {
    std::string id; ///< 64 hex digits
    std::string image; ///< "repo:tag", else 12 digits
    std::string command; ///< path, one space, arguments joined by spaces
    int64_t created_ns = 0;
    ContainerState state;
    std::vector<std::string> names; ///< "/web"
    int64_t size_rw = 0, size_root = 0;
};

struct ContainerDetails {
    std::string id;
    int64_t created_ns = 0;
    std::string path;
    std::vector<std::string> args;
    ContainerConfig config;
    HostConfig host_config;
    ContainerState state;
    std::string image_id; ///< 64 hex digits
    std::string name; ///< "/web"
    std::string exec_driver, storage_driver;
    std::string resolv_conf_path, hostname_path, hosts_path;
};

struct ContainerFilter {
    bool all = false, size = false;
    std::optional<int64_t> limit;
    std::string since, before; ///< id prefix, id or name
    /// Any of limit, since, before makes stopped containers visible too.
};

struct CreatedContainer {
    std::string id;
    std::vector<std::string> warnings;
};

} // namespace staithe::api
