// SPDX-License-Identifier: Apache-2.0
//
// A container's view of files, built by its first process in its new mount namespace, before the program runs.
#pragma once

#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/execution.h>

#include "plugins/execution/namespaces/hierarchies.hpp"

namespace staithe::namespaces {

/// A node to make in a privileged container's /dev, as the host has it.
struct HostDevice {
    std::string path; ///< below /dev
    mode_t mode;
    dev_t number;
};
/// [keeper] All device nodes of the host's /dev, but terminals' and those that every container has anyway.
std::vector<HostDevice> host_devices();

class Root {
public:
    explicit Root(staithe_container const& container)
        : m_container(container)
    {
    }

    /// Makes the container's root this process's root and forgets the host's tree.
    Result<void> enter();
    /// /dev, /proc and /sys, none of which may be a symbolic link in the image.
    Result<void> mount_kernel_filesystems(std::vector<HostDevice> const& more);
    /// /sys/fs/cgroup, as the cgroup namespace of this process shows it, read-only unless privileged.
    Result<void> mount_cgroups(Hierarchies const&);
    /// What the container asks for, in its order, then masked and read-only paths.
    Result<void> mount_rest();

private:
    bool privileged() const { return m_container.confinement->privileged; }
    staithe_mount const* given_terminals() const;
    Result<void> mount_dev(std::vector<HostDevice> const& more);
    Result<void> make_nodes(int dev, std::vector<HostDevice> const& more);
    Result<void> mount_below_dev(int dev);
    Result<void> bind_console(int dev, int pts);
    Result<void> mount_proc();
    Result<void> mount_sys();

    staithe_container const& m_container;
    UniqueFd m_root, m_null;
};

} // namespace staithe::namespaces
