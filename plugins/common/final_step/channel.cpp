// SPDX-License-Identifier: Apache-2.0
//
// The channel between a container's first process and its keeper.
#include "plugins/common/final_step/channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace staithe::final_step {

namespace {

    struct Failure {
        staithe_code code;
        int sys_errno;
        char message[500];
    };

} // namespace

Result<std::pair<UniqueFd, UniqueFd>> make_channel()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return errno_error("cannot make a channel to the container");
    return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

void fail(int channel, Error const& error)
{
    Failure failure {};
    failure.code = error.code;
    failure.sys_errno = error.sys_errno;
    std::memcpy(failure.message, error.message.data(), std::min(error.message.size(), sizeof failure.message));
    (void)::send(channel, &failure, sizeof failure, MSG_NOSIGNAL);
    ::_exit(1);
}

void ready(int channel)
{
    (void)::send(channel, "r", 1, MSG_NOSIGNAL);
}

Result<bool> hear(int channel, bool& is_ready)
{
    Failure failure {};
    ssize_t size = -1;
    do // ECONNRESET: the child ended without reading its go; what it said before is still to be read
        size = ::recv(channel, &failure, sizeof failure, 0);
    while (size < 0 && (errno == EINTR || errno == ECONNRESET));
    if (size < 0)
        return errno_error("cannot hear from the container");
    if (size == static_cast<ssize_t>(sizeof failure))
        return Error { failure.code, failure.sys_errno,
            std::string(failure.message, ::strnlen(failure.message, sizeof failure.message)) };
    if (size == 0 && !is_ready)
        return Error { STAITHE_INTERNAL, 0, "the container's first process was killed before its program ran" };
    is_ready = true;
    return size == 0;
}

bool send_go(int channel)
{
    return ::send(channel, "g", 1, MSG_NOSIGNAL) == 1;
}

bool wait_for_go(int channel)
{
    char byte = 0;
    ssize_t size = -1;
    do
        size = ::recv(channel, &byte, 1, 0);
    while (size < 0 && errno == EINTR);
    return size == 1;
}

bool has_peer(int channel)
{
    pollfd wait { channel, 0, 0 };
    return ::poll(&wait, 1, 0) >= 0 && (wait.revents & (POLLHUP | POLLERR)) == 0;
}

} // namespace staithe::final_step
