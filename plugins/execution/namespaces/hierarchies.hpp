// SPDX-License-Identifier: Apache-2.0
//
// Which cgroup hierarchies this machine has and what they control: version 1, version 2, or both beside each other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::namespaces {

struct Hierarchy {
    int version = 1;
    std::string mount_point;
    std::vector<std::string> controllers; ///< v2: those that may be switched on below its root
    std::string options; ///< what mounts the same hierarchy again: "cpu,cpuacct"; empty for v2
    bool has(std::string_view controller) const;
};

class Hierarchies {
public:
    /// From the mounts that this process sees.
    static Result<Hierarchies> discover();
    /// From a mountinfo text (proc(5)); `v2_controllers` tells a v2 mount point's cgroup.controllers. Keeps what this
    /// driver has a use for: v2, and the v1 hierarchies that control what v2 does not.
    static Hierarchies parse(std::string_view mountinfo, std::string (*v2_controllers)(std::string const&));

    std::vector<Hierarchy> const& all() const { return m_all; }
    /// The one that controls it, or NULL.
    Hierarchy const* with(std::string_view controller) const;
    Hierarchy const* unified() const;

private:
    std::vector<Hierarchy> m_all;
};

} // namespace staithe::namespaces
