// What a process that parses hostile bytes must never need: a deny-list in the kernel, for registry hosts.
#pragma once

#include <staithe/cpp/result.hpp>

namespace staithe::driver_host {

/// From now on, in every thread, the listed system calls fail with EPERM: executing programs, tracing, mounting, new
/// namespaces, kernel interfaces, and sockets other than unix, IPv4, IPv6 and netlink. Needs no_new_privs.
Result<void> filter_syscalls();

} // namespace staithe::driver_host
