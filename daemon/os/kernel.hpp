// What this kernel is and can do.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>

namespace staithe::os {

/// uname's release: "6.1.0-18-amd64".
std::string kernel_release();

/// Is a release of this form at least major.minor? Nonsense is not.
bool release_at_least(std::string const& release, int major, int minor);

/// The random id of this boot; what was recorded under another one cannot be running any more.
Result<std::string> boot_id();

/// Raises the number of descriptors that this process may have as far as the kernel allows.
Result<void> raise_descriptor_limit();

struct MemoryLimits {
    bool memory = false, swap = false;
};

/// Which memory limits the cgroup hierarchies of this host can enforce, version 1 and 2.
MemoryLimits memory_limits();

/// Does the kernel pass packets on? (/proc/sys/net/ipv4/ip_forward)
bool forwards_ipv4();

/// Descriptors and threads of this process, from /proc/self; 0 where unreadable.
int open_descriptors();
int thread_count();

} // namespace staithe::os
