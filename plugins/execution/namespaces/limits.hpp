// SPDX-License-Identifier: Apache-2.0
//
// What limits mean as cgroup files: pure conversions.
#pragma once

#include <string>
#include <vector>

#include <staithe/cpp/result.hpp>
#include <staithe/execution.h>

namespace staithe::namespaces {

struct Setting {
    std::string controller, file, value;
    bool optional = false; ///< skipped where the kernel lacks the file (swap accounting)
};

/// The settings, in the order in which they must be written, for one version of cgroups.
Result<std::vector<Setting>> settings_for(staithe_limits const&, int version);

/// cpu.shares (2–262144, 1024 by default) as cpu.weight (1–10000, 100 by default), linearly between the ends.
uint64_t weight_from_shares(int64_t shares);

} // namespace staithe::namespaces
