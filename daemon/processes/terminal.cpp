#include "daemon/processes/terminal.hpp"

#include <sys/sysmacros.h>

namespace staithe::processes {

namespace {

    // Documentation/admin-guide/devices.txt of the kernel.
    constexpr unsigned virtual_console = 4, first_serial = 64, special = 5, console = 1, first_pts = 136,
                       last_pts = 143;

} // namespace

std::string terminal_name(unsigned device)
{
    if (device == 0)
        return "?";
    unsigned const major = gnu_dev_major(device), minor = gnu_dev_minor(device);
    if (major >= first_pts && major <= last_pts)
        return "pts/" + std::to_string((major - first_pts) * 256 + minor);
    if (major == virtual_console)
        return minor < first_serial ? "tty" + std::to_string(minor) : "ttyS" + std::to_string(minor - first_serial);
    if (major == special && minor == console)
        return "console";
    return "tty" + std::to_string(major) + ":" + std::to_string(minor);
}

} // namespace staithe::processes
