// Takes the daemon's messages and runs its calls side by side, each in a thread that is made when it is needed and ends
// when it has had nothing to do for a while.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "daemon/driver-host/functions.hpp"

namespace staithe::driver_host {

class Server {
public:
    Server(rpc::Channel&, Outbox&, Image const&);

    /// Returns after Quit, when no call is under way any more. A daemon that is gone ends the process at once.
    void run();

private:
    // shared: the worker that runs a call and the receiving thread that may cancel it
    using Calls = std::map<uint64_t, std::shared_ptr<ActiveCall>>;

    void begin(rpc::Message);
    void work();
    std::shared_ptr<ActiveCall> next() REQUIRES(m_mutex);
    std::shared_ptr<ActiveCall> find(uint64_t number);
    void wait_until_idle();

    rpc::Channel& m_channel;
    Outbox& m_out;
    Image const& m_image;
    Mutex m_mutex;
    CondVar m_work, m_idle;
    Calls m_calls GUARDED_BY(m_mutex);
    std::deque<std::shared_ptr<ActiveCall>> m_queue GUARDED_BY(m_mutex);
    unsigned m_workers GUARDED_BY(m_mutex) = 0, m_waiting GUARDED_BY(m_mutex) = 0;
};

} // namespace staithe::driver_host
