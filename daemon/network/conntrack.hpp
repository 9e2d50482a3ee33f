// The kernel's memory of connections, where it would lead packets past a container.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include <staithe/cpp/worker.hpp>

#include "daemon/network/address.hpp"
#include "daemon/os/log.hpp"

namespace staithe::network {

/// Makes the kernel forget UDP traffic for ports of the host, so that the next packet of a client that never pauses is
/// redirected anew, and not to where the port led before. That costs a walk through all connections, milliseconds even
/// when there are none; so it is done on a thread, for many ports at once. Thread-safe.
class FlowCleaner {
public:
    explicit FlowCleaner(os::Log&);
    FlowCleaner(FlowCleaner const&) = delete;
    FlowCleaner& operator=(FlowCleaner const&) = delete;

    /// Where traffic for a port of the host is led.
    struct Target {
        Address container;
        uint16_t port = 0;

        auto operator<=>(Target const&) const = default;
    };
    /// The port leads there from now on: what leads elsewhere is forgotten. Returns at once.
    void led_to(uint16_t udp_port, Target) EXCLUDES(m_mutex);
    /// It leads there no more. Returns at once.
    void led_away(uint16_t udp_port, Target) EXCLUDES(m_mutex);

private:
    void work() EXCLUDES(m_mutex);
    void warn(Result<void> const& forgotten) const;

    os::Log& m_log;
    Mutex m_mutex;
    std::map<uint16_t, std::set<Target>> m_ports GUARDED_BY(m_mutex); // with what is right
    Worker m_worker; // last: its thread ends before the ports go
};

} // namespace staithe::network
