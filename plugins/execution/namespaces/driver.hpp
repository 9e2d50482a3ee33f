// SPDX-License-Identifier: Apache-2.0
//
// Containers made of nothing but the kernel's namespaces and cgroups.
//
// What it relies on: its process (the keeper) is single-threaded, in a mount namespace of its own, a child subreaper,
// and has all capabilities; its program file is executed from a read-only mount (see final_step.hpp, /proc/self/exe).
// A start makes one process, and no thread, helper or file beyond a record in run_dir stays.
//
// cgroups: the container's path is made in the v2 hierarchy if there is one and in the v1 hierarchies of memory, cpu,
// pids and devices (without v2 also cpuacct and freezer). The groups above it (the "staithe" of "staithe/<id>") stay.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <staithe/cpp/execution.hpp>

#include "plugins/execution/namespaces/cgroup.hpp"
#include "plugins/execution/namespaces/record.hpp"

namespace staithe::namespaces {

class Driver {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_EXECUTION, "namespaces",
        "Containers directly on the kernel's namespaces and cgroups", 1, 1 };

    static Result<void> probe(staithe_open const&);
    static Result<std::unique_ptr<Driver>> open(staithe_open const&, Log);

    Result<void> check(staithe_call const&, staithe_container const&);
    Result<staithe_started> start(staithe_call const&, staithe_container const&);
    Result<void> signal(staithe_call const&, std::string_view id, int signo);
    Result<void> destroy(staithe_call const&, std::string_view id);
    Result<pid_t> enter(staithe_call const&, std::string_view id, staithe_process const&);
    Result<void> freeze(staithe_call const&, std::string_view id, bool frozen);
    Result<std::string> stats(staithe_call const&, std::string_view id);

private:
    /// The one container that this process runs. enter() confines like start() did, so that is kept.
    struct Running {
        std::string id;
        UniqueFd pidfd;
        staithe_confinement confinement;
        std::string seccomp;
    };

    explicit Driver(std::string run_dir)
        : m_records(std::move(run_dir))
    {
    }
    Result<Running*> running(std::string_view id);
    Result<staithe_started> launch(staithe_call const&, staithe_container const&, Cgroup const&);
    Result<Cgroup> cgroup_of(std::string_view id) const;

    Records m_records;
    std::optional<Running> m_running;
};

} // namespace staithe::namespaces
