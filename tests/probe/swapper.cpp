// SPDX-License-Identifier: Apache-2.0
//
// Run inside a container: exchanges two names for ever, as fast as the kernel can, to catch whoever resolves a path
// twice.
//
//     staithe-swapper NAME NAME      prints "ready"
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv)
{
    constexpr unsigned exchange = 2; // RENAME_EXCHANGE, which is in different headers of different C libraries
    if (argc != 3 || syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], exchange) != 0) {
        std::perror("staithe-swapper");
        return 1;
    }
    std::puts("ready");
    std::fflush(stdout);
    for (;;)
        syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], exchange);
}
