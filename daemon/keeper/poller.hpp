// epoll for the keeper's one thread.
#pragma once

#include <sys/epoll.h>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::keeper {

/// Something with a descriptor in the Poller. Its ready() only notes what has become possible; the work is done after
/// all events have been handed out, so nobody disappears while events for it are on their way.
class Watched {
public:
    virtual ~Watched() = default;
    virtual void ready(uint32_t events) = 0;
};

class Poller {
public:
    static Result<Poller> create();

    /// Edge-triggered, both directions. The fd must be non-blocking and open as long as it is watched; closing its last
    /// duplicate ends the watching.
    Result<void> watch(int fd, Watched&);
    void forget(int fd);

    /// Hands out what has happened; waits at most that many milliseconds, -1: for ever. False: nothing happened.
    bool wait(int milliseconds);

private:
    explicit Poller(UniqueFd fd)
        : m_fd(std::move(fd))
    {
    }
    UniqueFd m_fd;
};

} // namespace staithe::keeper
