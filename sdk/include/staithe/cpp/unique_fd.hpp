// SPDX-License-Identifier: Apache-2.0
//
// UniqueFd: a file descriptor with one owner.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "result.hpp"

namespace staithe {

class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd)
        : m_fd(fd)
    {
    }
    UniqueFd(UniqueFd&& other) noexcept
        : m_fd(other.release())
    {
    }
    UniqueFd& operator=(UniqueFd&& other) noexcept
    {
        if (this != &other)
            reset(other.release());
        return *this;
    }
    UniqueFd(UniqueFd const&) = delete;
    UniqueFd& operator=(UniqueFd const&) = delete;
    ~UniqueFd() { reset(); }

    int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }
    [[nodiscard]] int release() { return std::exchange(m_fd, -1); }
    void reset(int fd = -1)
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = fd;
    }

    /// A second descriptor for the same open file, close-on-exec.
    Result<UniqueFd> duplicate() const { return duplicate_of(m_fd); }
    static Result<UniqueFd> duplicate_of(int borrowed)
    {
        int const fd = ::fcntl(borrowed, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
            return errno_error("cannot duplicate descriptor");
        return UniqueFd(fd);
    }

private:
    int m_fd = -1;
};

} // namespace staithe
