// Network namespaces for containers, made ahead of time by a thread of their own.
//
// A thread that makes a namespace is in it for a moment; so no thread that serves requests ever does that, and nobody
// waits the third of a millisecond that the kernel needs.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/cpp/worker.hpp>

#include "daemon/network/netlink.hpp"

namespace staithe::network {

/// A namespace in which loopback is up, and interfaces to come have no IPv6. Ends with its last descriptor or process.
struct NameSpace {
    UniqueFd fd;
    Netlink netlink; ///< NETLINK_ROUTE within
};

/// Thread-safe.
class NameSpaces {
public:
    static Result<std::unique_ptr<NameSpaces>> create();
    NameSpaces(NameSpaces const&) = delete;
    NameSpaces& operator=(NameSpaces const&) = delete;

    Result<NameSpace> take() EXCLUDES(m_mutex);

private:
    explicit NameSpaces(UniqueFd home);
    void work() EXCLUDES(m_mutex);
    Result<NameSpace> make() const;

    UniqueFd const m_home;
    Mutex m_mutex;
    CondVar m_changed;
    std::deque<NameSpace> m_spare GUARDED_BY(m_mutex);
    size_t m_waiting GUARDED_BY(m_mutex) = 0;
    std::deque<Error> m_failures GUARDED_BY(m_mutex); // one for each who waits
    Worker m_worker; // last: its thread ends before what it made goes
};

} // namespace staithe::network
