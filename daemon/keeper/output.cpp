#include "daemon/keeper/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/keeper/scratch.hpp"

namespace staithe::keeper {

namespace {
    constexpr int stragglers_ms = 200;
}

std::string_view Output::read()
{
    ssize_t n = 0;
    do
        n = ::read(m_fd, s_block, sizeof s_block);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        return { s_block, static_cast<size_t>(n) };
    m_readable = false;
    if (n == 0 || errno != EAGAIN) // a terminal's master ends with EIO
        m_ended = true;
    return {};
}

bool Output::wait()
{
    pollfd p { m_fd, POLLIN, 0 };
    if (::poll(&p, 1, stragglers_ms) <= 0)
        return false;
    m_readable = true;
    return true;
}

} // namespace staithe::keeper
