// The files that a container finds in place of its image's: /etc/hosts, /etc/hostname, /etc/resolv.conf (spec:
// semantics.md §5.3). They lie in the container's directory, are written anew at every start, and are mounted
// read-only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"

namespace staithe::containers {

std::string hosts_text(std::string const& hostname, std::string const& domainname);

/// Would a container be unable to use this resolv.conf, since it names no server or the host's own loopback?
bool is_local_resolver(std::string_view resolv_conf);

/// Which servers a container asks: its own, else the daemon's, else public ones if the host's are of no use to it.
/// Empty: the host's file itself is mounted.
std::vector<std::string> name_servers(
    api::ContainerConfig const&, std::vector<std::string> const& daemons, std::string_view host_resolv_conf);

/// The host's /etc/resolv.conf; empty when there is none.
std::string host_resolv_conf();

struct GeneratedFiles {
    std::string hosts, hostname, resolv_conf; ///< paths on the host
};

/// Where they are, without a look at how they came there.
GeneratedFiles generated_files(std::string const& directory);

/// Writes them into a container's directory.
Result<GeneratedFiles> write_generated_files(
    std::string const& directory, api::ContainerConfig const&, std::vector<std::string> const& servers);

} // namespace staithe::containers
