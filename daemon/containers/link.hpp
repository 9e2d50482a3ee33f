// Links between containers, as clients give them and as the parent's program sees them (spec: semantics.md §3.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"
#include "daemon/network/network.hpp"

namespace staithe::containers {

struct LinkSpec {
    std::string name, alias;
};

/// "NAME:ALIAS". "Invalid format to parse.  X should match template name:alias".
Result<LinkSpec> parse_link(std::string_view);

/// A child that runs, when its parent starts.
struct LinkedChild {
    std::string path; ///< "/web/db"
    std::string ip; ///< empty: it has no network
    std::vector<api::Port> exposed; ///< by number, tcp before udp
    std::vector<std::string> env; ///< its Config.Env

    network::Link from(std::string const& parent_ip) const { return { parent_ip, ip, exposed }; }
};

/// "DB_PORT=tcp://10.0.0.2:80" and so on, in the order of the specification.
std::vector<std::string> link_environment(LinkedChild const&);

} // namespace staithe::containers
