#include "daemon/keeper/input.hpp"

#include <poll.h>
#include <sys/ioctl.h>

namespace staithe::keeper {

namespace {

    constexpr size_t splice_bytes = 1u << 20;

    bool is_writable(int fd)
    {
        pollfd p { fd, POLLOUT, 0 };
        return ::poll(&p, 1, 0) > 0;
    }

    bool has_bytes(int socket)
    {
        int count = 0;
        return ::ioctl(socket, FIONREAD, &count) == 0 && count > 0;
    }

} // namespace

size_t Input::write(std::string_view bytes)
{
    if (!m_fd)
        return bytes.size();
    ssize_t n = 0;
    do
        n = ::write(m_fd.get(), bytes.data(), bytes.size());
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return static_cast<size_t>(n);
    if (errno == EAGAIN) {
        m_full = true;
        return 0;
    }
    close();
    return bytes.size();
}

// EAGAIN does not say which side it is. The pipe is asked first and the socket second: what changes after each question
// comes as an edge of its own.
Flow Input::splice_from(int socket)
{
    ssize_t const n = ::splice(socket, nullptr, m_fd.get(), nullptr, splice_bytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n > 0)
        return Flow::Moved;
    if (n == 0)
        return Flow::SourceEnded;
    if (errno == EPIPE) {
        close();
        return Flow::Moved;
    }
    if (errno != EAGAIN && errno != EINTR)
        return Flow::SourceEnded;
    if (!is_writable(m_fd.get())) {
        m_full = true;
        return Flow::Full;
    }
    return has_bytes(socket) ? Flow::Moved : Flow::SourceEmpty;
}

} // namespace staithe::keeper
