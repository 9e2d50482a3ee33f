#include "daemon/os/lock_file.hpp"

#include <sys/file.h>

#include "daemon/os/file.hpp"
#include "daemon/os/retry_lock.hpp"

namespace staithe::os {

Result<UniqueFd> lock_file(std::string const& path)
{
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, Mode::private_file().bits));
    if (!fd)
        return errno_error("cannot open lock '" + path + "'");
    if (!retry_lock(EWOULDBLOCK, [&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); })) {
        if (errno != EWOULDBLOCK)
            return errno_error("cannot lock '" + path + "'");
        auto holder = read_file(path, 64);
        std::string const who = holder && !holder.value().empty() ? " (process " + holder.value() + ")" : "";
        return Error { STAITHE_BUSY, 0, "'" + path + "' is locked by another daemon" + who };
    }
    std::string const pid = std::to_string(::getpid());
    if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0)
        return errno_error("cannot write lock '" + path + "'");
    return fd;
}

} // namespace staithe::os
