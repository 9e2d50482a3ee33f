#include "daemon/os/mount.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace staithe::os {

Result<Clone> clone_mount(std::string const& path, Submounts submounts)
{
    unsigned const flags =
        OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (submounts == Submounts::Take ? static_cast<unsigned>(AT_RECURSIVE) : 0u);
    Clone clone { UniqueFd(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), flags))), false };
    struct stat status;
    if (!clone.mount || ::fstat(clone.mount.get(), &status) != 0)
        return errno_error("cannot mount '" + path + "'");
    clone.directory = S_ISDIR(status.st_mode);
    return clone;
}

} // namespace staithe::os
