// One call of the daemon's while it runs: its arguments, its stream, and how it is told to stop.
#pragma once

#include <atomic>
#include <optional>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/unique_fd.hpp>
#include <staithe/host.h>

#include "daemon/rpc/driver_protocol.hpp"

namespace staithe::driver_host {

/// Used by the worker that runs the call and by the receiving thread that cancels it or tells how its stream ended.
class ActiveCall {
public:
    ActiveCall(uint64_t number, rpc::driver::Call request, UniqueFd stream, UniqueFd root);
    ActiveCall(ActiveCall const&) = delete;
    ActiveCall& operator=(ActiveCall const&) = delete;

    uint64_t number() const { return m_number; }
    rpc::driver::Call const& request() const { return m_request; }
    UniqueFd& stream() { return m_stream; }
    /// The mount that pack is about.
    int root() const { return m_root.get(); }
    staithe_call const* table() const { return &m_table; }

    /// Cancelled by the daemon, or past its deadline.
    bool cancelled() const;
    void cancel();

    void end_stream(rpc::driver::StreamEnd);
    /// How the daemon's side of the stream ended; waits for the word of it. Nothing: the call was cancelled meanwhile.
    std::optional<rpc::driver::StreamEnd> stream_end();

private:
    uint64_t const m_number;
    rpc::driver::Call const m_request;
    UniqueFd m_stream, m_root, m_cancel_event;
    staithe_call m_table {};
    std::atomic<bool> m_cancelled = false;
    Mutex m_mutex;
    CondVar m_changed;
    std::optional<rpc::driver::StreamEnd> m_end GUARDED_BY(m_mutex);
};

} // namespace staithe::driver_host
