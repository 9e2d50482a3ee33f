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

enum class Protocol { Tcp, Udp };

/// One port of a running container.
struct Port {
    Protocol protocol = Protocol::Tcp;
    uint16_t container_port = 0;
    std::string host_ip; ///< where it is published: "0.0.0.0" or one address; empty: exposed only
    uint16_t host_port = 0; ///< 0: exposed only
};

/// A container's place in the network; all zero while it does not run, or has loopback only.
struct NetworkState {
    std::string ip_address, gateway, bridge; ///< dotted decimal; the bridge's address; its interface name
    int prefix_length = 0;
    std::vector<Port> ports; ///< by container port, tcp before udp; one entry per binding
};

/// Where a volume's bytes are.
struct VolumeMount {
    std::string host_path; ///< absolute
    bool writable = true;
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
    std::vector<std::string> names; ///< every path that leads to it: "/web", "/db/alias"
    std::vector<Port> ports;
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
    NetworkState network;
    /// By path in the container; nothing before the first start.
    std::optional<std::map<std::string, VolumeMount>> volumes;
};

struct ContainerFilter {
    bool all = false, size = false;
    std::optional<int64_t> limit;
    std::string since, before; ///< id prefix, id or name
    /// Any of limit, since, before makes stopped containers visible too.
};

/// What a create says beside its Config.
struct CreateOptions {
    std::string name; ///< as given by the client, may be empty
    bool publish_port_specs = false; ///< Config.PortSpecs are published at start (API < 1.6); else they only expose
    /// What clients from API 1.15 on send already at create: stored, for starts that say nothing themselves.
    std::optional<HostConfig> host_config;
};

/// What ps would print about a container.
struct ProcessTable {
    std::vector<std::string> titles;
    std::vector<std::vector<std::string>> rows; ///< as long as titles; the command line is one cell
};

/// How a path of a container's root file system differs from its image.
struct FileChange {
    enum class Kind { Modified = 0, Added = 1, Deleted = 2 };
    std::string path; ///< absolute in the container
    Kind kind = Kind::Modified;
};

struct CreatedContainer {
    std::string id;
    std::vector<std::string> warnings;
};

} // namespace staithe::api
