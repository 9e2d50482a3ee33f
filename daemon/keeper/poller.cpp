#include "daemon/keeper/poller.hpp"

namespace staithe::keeper {

Result<Poller> Poller::create()
{
    UniqueFd fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!fd)
        return errno_error("cannot make an epoll instance");
    return Poller(std::move(fd));
}

Result<void> Poller::watch(int fd, Watched& watched)
{
    epoll_event event {};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &watched;
    if (::epoll_ctl(m_fd.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        return errno_error("cannot watch a descriptor");
    return {};
}

void Poller::forget(int fd)
{
    ::epoll_ctl(m_fd.get(), EPOLL_CTL_DEL, fd, nullptr);
}

bool Poller::wait(int milliseconds)
{
    epoll_event events[32];
    int const n = ::epoll_wait(m_fd.get(), events, 32, milliseconds);
    for (int i = 0; i < n; ++i)
        static_cast<Watched*>(events[i].data.ptr)->ready(events[i].events);
    return n > 0;
}

} // namespace staithe::keeper
