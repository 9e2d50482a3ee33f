// SPDX-License-Identifier: Apache-2.0
//
// The system calls that libc 2.36 does not wrap, once.
#pragma once

#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace staithe::namespaces {

/// fork(2) with clone3(2)'s arguments: 0 in the child, its pid in the caller, -1 and errno.
inline pid_t clone_process(clone_args& args)
{
    return static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof args));
}

inline int send_signal(int pidfd, int number)
{
    return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0));
}

inline int change_root(char const* new_root, char const* put_old)
{
    return static_cast<int>(::syscall(SYS_pivot_root, new_root, put_old));
}

} // namespace staithe::namespaces
