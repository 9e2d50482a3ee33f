#include "daemon/network/reservation.hpp"

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace staithe::network {

namespace {

    /// In the words of the Docker of the time, which clients show to their users.
    Error listen_error(bool udp, Address address, uint16_t port)
    {
        int const value = errno;
        std::string message =
            std::string("listen ") + (udp ? "udp " : "tcp ") + address.text() + ":" + std::to_string(port) + ": bind: ";
        if (value == EADDRINUSE)
            return { STAITHE_CONFLICT, value, message + "address already in use" };
        if (value == EADDRNOTAVAIL)
            return { STAITHE_INVALID, value, message + "cannot assign requested address" };
        return errno_error(message.substr(0, message.size() - 2), value);
    }

    bool drop_everything(int fd)
    {
        sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
        sock_fprog const program { 1, code };
        return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
    }

} // namespace

Result<UniqueFd> reserve(api::Protocol protocol, Address address, uint16_t port)
{
    bool const udp = protocol == api::Protocol::Udp;
    UniqueFd fd(::socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
    if (!fd || !drop_everything(fd.get()))
        return errno_error("cannot make a socket for port " + std::to_string(port));
    // Connections of an earlier owner that linger are no obstacle; somebody who listens is.
    int const on = 1;
    if (!udp)
        (void)::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in name {};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = address.network_order();
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0)
        return listen_error(udp, address, port);
    if (!udp && ::listen(fd.get(), 1) != 0)
        return listen_error(udp, address, port);
    return fd;
}

} // namespace staithe::network
