#include "daemon/os/lock_file.hpp"

#include <sys/file.h>

#include <chrono>
#include <thread>

#include "daemon/os/clock.hpp"
#include "daemon/os/file.hpp"

namespace staithe::os {

namespace {

    /// A child that a killed daemon had just forked holds its lock until it executes its program.
    constexpr std::chrono::seconds patience { 2 };

    bool lock_soon(int fd)
    {
        auto const deadline = Deadline::after(patience);
        while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK || deadline.passed())
                return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return true;
    }

} // namespace

Result<UniqueFd> lock_file(std::string const& path)
{
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, Mode::private_file().bits));
    if (!fd)
        return errno_error("cannot open lock '" + path + "'");
    if (!lock_soon(fd.get())) {
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
