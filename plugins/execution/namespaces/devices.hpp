// SPDX-License-Identifier: Apache-2.0
//
// Which devices a container may use: as rules for cgroup v1, as a BPF program for v2, and as nodes in /dev.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::namespaces {

/// A character device that every container may read, write and make.
struct Device {
    char const* name; ///< its node in /dev, or NULL: no node
    uint32_t major;
    int32_t minor; ///< -1: all of the major
};

std::span<Device const> default_devices();

/// The lines for devices.allow, after "a" to devices.deny.
std::vector<std::string> device_rules(std::span<Device const>);

/// A BPF_PROG_TYPE_CGROUP_DEVICE program that allows exactly these.
std::vector<bpf_insn> device_program(std::span<Device const>);

/// Loads the program and attaches it to the v2 cgroup; it goes with the cgroup.
Result<void> attach_device_program(int cgroup, std::span<Device const>);

} // namespace staithe::namespaces
