// A question put to a driver-host, until its answer is there.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/unique_fd.hpp>

#include "daemon/rpc/driver_protocol.hpp"

namespace staithe::drivers {

struct Answer {
    rpc::Message message; // Loaded or Done; Failed has become an Error
    std::vector<rpc::driver::Item> items;
};

/// Filled by the host's receiving thread, awaited by the caller's.
class PendingCall {
public:
    static Result<std::shared_ptr<PendingCall>> create(rpc::driver::Function);
    PendingCall(rpc::driver::Function, UniqueFd event);

    rpc::driver::Function function() const { return m_function; }
    /// When it was made, by CLOCK_MONOTONIC.
    int64_t asked_ns() const { return m_asked_ns; }
    /// Readable as soon as the answer is there.
    int event() const { return m_event.get(); }
    bool answered() const;
    bool succeeded() const;

    /// False: more elements than any answer may have.
    bool add(std::vector<rpc::driver::Item>);
    /// The first answer stays.
    void answer(Result<rpc::Message>);
    /// Once, after answered().
    Result<Answer> take();

private:
    rpc::driver::Function const m_function;
    UniqueFd const m_event;
    int64_t const m_asked_ns;
    mutable Mutex m_mutex;
    std::vector<rpc::driver::Item> m_items GUARDED_BY(m_mutex);
    size_t m_bytes GUARDED_BY(m_mutex) = 0;
    std::optional<Result<rpc::Message>> m_answer GUARDED_BY(m_mutex);
};

} // namespace staithe::drivers
