// The way out to the daemon, shared by all threads of the host; and the host table through which the driver logs.
#pragma once

#include <string_view>

#include <staithe/cpp/mutex.hpp>
#include <staithe/host.h>

#include "daemon/rpc/driver_protocol.hpp"

namespace staithe::driver_host {

/// Thread-safe. A daemon that is gone is not an error here: the receiving thread notices and ends the process.
class Outbox {
public:
    explicit Outbox(rpc::Channel& channel);
    Outbox(Outbox const&) = delete;
    Outbox& operator=(Outbox const&) = delete;

    void send(rpc::Message const&);
    void log(int32_t level, std::string_view line, staithe_pairs fields);

    /// What the driver is given; valid as long as this object.
    staithe_host const* table() const { return &m_table; }

private:
    Mutex m_mutex;
    rpc::Channel& m_channel;
    staithe_host m_table {};
};

} // namespace staithe::driver_host
