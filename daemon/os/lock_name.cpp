#include "daemon/os/lock_name.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "daemon/os/retry_lock.hpp"

namespace staithe::os {

Result<UniqueFd> lock_name(std::string_view name)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::copy_n(name.data(), std::min(name.size(), sizeof address.sun_path - 1), address.sun_path + 1);
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd)
        return errno_error("cannot make a socket");
    auto const attempt = [&] { return ::bind(fd.get(), reinterpret_cast<sockaddr const*>(&address), size); };
    if (retry_lock(EADDRINUSE, attempt))
        return fd;
    if (errno != EADDRINUSE)
        return errno_error("cannot lock '" + std::string(name) + "'");
    return Error { STAITHE_BUSY, EADDRINUSE, "'" + std::string(name) + "' is locked by another process" };
}

} // namespace staithe::os
