// From what the client asks and what the image suggests to what the container is (spec: semantics.md §4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "api/services/container.hpp"

namespace staithe::containers {

/// What Config.PortSpecs mean: ports that exist, and are then ExposedPorts alone, or ports that every start publishes.
enum class PortSpecs { Expose, Publish };

/// The user's configuration completed by the image's, where the image has one. "Invalid containerPort: X" and its like
/// for port specifications that are none.
Result<api::ContainerConfig> merge(
    api::ContainerConfig user, std::optional<api::ContainerConfig> const& image, PortSpecs = PortSpecs::Expose);

struct Program {
    std::string path;
    std::vector<std::string> args;
};

/// Entrypoint, then command. "No command specified" where there is neither.
Result<Program> program_of(api::ContainerConfig const&);

/// What this host can limit.
struct HostAbilities {
    bool memory_limit = true, swap_limit = true;
    bool (*forwards_ipv4)() = [] { return true; }; ///< now
};

/// Refuses impossible memory limits, drops those that this host cannot keep, and gives the warnings for the client.
Result<std::vector<std::string>> fit_to_host(api::ContainerConfig&, HostAbilities const&);

} // namespace staithe::containers
