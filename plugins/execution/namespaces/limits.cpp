// SPDX-License-Identifier: Apache-2.0
//
// What limits mean as cgroup files.
#include "plugins/execution/namespaces/limits.hpp"

#include <algorithm>
#include <limits>

namespace staithe::namespaces {

namespace {

    constexpr int64_t min_shares = 2, max_shares = 262144;

    /// Memory and swap together; -1: no limit.
    Result<int64_t> total_of(staithe_limits const& limits)
    {
        if (limits.memory_swap < 0)
            return -1;
        if (limits.memory_swap == 0)
            return limits.memory > std::numeric_limits<int64_t>::max() / 2 ? -1 : 2 * limits.memory;
        if (limits.memory_swap < limits.memory)
            return Error { STAITHE_INVALID, 0, "the limit of memory and swap is lower than that of memory" };
        return limits.memory_swap;
    }

    Result<void> add_memory(std::vector<Setting>& settings, staithe_limits const& limits, int version)
    {
        if (limits.memory == 0 && limits.memory_swap > 0)
            return Error { STAITHE_INVALID, 0, "a limit of memory and swap needs a limit of memory" };
        if (limits.memory == 0)
            return {};
        int64_t const total = STAITHE_TRY(total_of(limits));
        auto const memory = std::to_string(limits.memory);
        if (version == 1) {
            settings.push_back({ "memory", "memory.limit_in_bytes", memory });
            if (total >= 0)
                settings.push_back({ "memory", "memory.memsw.limit_in_bytes", std::to_string(total), true });
            return {};
        }
        settings.push_back({ "memory", "memory.max", memory });
        settings.push_back(
            { "memory", "memory.swap.max", total < 0 ? "max" : std::to_string(total - limits.memory), true });
        return {};
    }

} // namespace

Result<std::vector<Setting>> settings_for(staithe_limits const& limits, int version)
{
    if (limits.memory < 0 || limits.memory_swap < -1 || limits.cpu_shares < 0)
        return Error { STAITHE_INVALID, 0, "a limit is negative" };
    std::vector<Setting> settings;
    STAITHE_TRY(add_memory(settings, limits, version));
    if (limits.cpu_shares > 0 && version == 1)
        settings.push_back(
            { "cpu", "cpu.shares", std::to_string(std::clamp(limits.cpu_shares, min_shares, max_shares)) });
    if (limits.cpu_shares > 0 && version == 2)
        settings.push_back({ "cpu", "cpu.weight", std::to_string(weight_from_shares(limits.cpu_shares)) });
    if (limits.pids > 0)
        settings.push_back({ "pids", "pids.max", std::to_string(limits.pids) });
    return settings;
}

uint64_t weight_from_shares(int64_t shares)
{
    auto const within = static_cast<uint64_t>(std::clamp(shares, min_shares, max_shares) - min_shares);
    return 1 + within * 9999 / static_cast<uint64_t>(max_shares - min_shares);
}

} // namespace staithe::namespaces
