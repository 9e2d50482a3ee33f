// SPDX-License-Identifier: Apache-2.0
//
// One container's control groups: the same path in every hierarchy that this driver uses.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/execution.h>

#include "plugins/execution/namespaces/hierarchies.hpp"

namespace staithe::namespaces {

/// Relative, and of ordinary names only.
bool is_cgroup_path(std::string_view path);

class Cgroup {
public:
    /// Nothing is made yet.
    Cgroup(Hierarchies hierarchies, std::string path);

    /// Makes the group in the v2 hierarchy and opens it for CLONE_INTO_CGROUP; an empty descriptor where there is no
    /// v2. STAITHE_EXISTS: it is there already.
    Result<UniqueFd> make_unified() const;
    /// Makes the groups in the v1 hierarchies.
    Result<void> make_others() const;
    /// Sets limits and the devices. A limit whose controller is missing is STAITHE_UNSUPPORTED and names it.
    Result<void> limit(staithe_limits const&, bool all_devices) const;
    /// Moves a process into the v1 groups, and into the v2 one unless it was made there. The first move after a pause
    /// waits 9–20 ms for an RCU grace period on v1.
    Result<void> add(pid_t pid, bool unified_too) const;
    /// Returns when it is so; `go_on` stops the waiting.
    Result<void> freeze(bool frozen, std::function<Result<void>()> const& go_on) const;
    /// memory_bytes, memory_limit_bytes, cpu_ns, pids, oom_kills as a flat JSON object; what no controller knows is 0.
    std::string stats() const;
    /// Kills whatever is in the groups or below and removes them; missing ones are fine. The groups above stay.
    Result<void> destroy(std::function<Result<void>()> const& go_on) const;

    Hierarchies const& hierarchies() const { return m_hierarchies; }

private:
    std::string directory(Hierarchy const& hierarchy) const { return hierarchy.mount_point + "/" + m_path; }
    /// A file of the group that controls `controller`; empty where there is none.
    std::string value(std::string_view controller, std::string const& v1_file, std::string const& v2_file) const;

    Hierarchies m_hierarchies;
    std::string m_path;
};

} // namespace staithe::namespaces
