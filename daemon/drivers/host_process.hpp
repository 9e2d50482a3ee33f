// One staithe-driver-host: started, asked, watched, and ended. It has one thread here, which starts the process (whose
// death signal hangs on the thread that made it), receives its messages and reaps it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "daemon/drivers/call.hpp"
#include "daemon/drivers/driver_name.hpp"
#include "daemon/drivers/pending_call.hpp"
#include "daemon/drivers/transfer.hpp"

namespace staithe::drivers {

/// Takes a driver's log lines; from any thread.
using LogLine = std::function<void(int32_t level, std::string_view line)>;

class HostProcess {
public:
    struct Options {
        std::string program;
        rpc::driver::Load load;
        LogLine log;
    };

    /// Starts the process and has it load the driver: probe it or open it, as load.purpose says. An Error names driver
    /// and function; nothing is left of the process then.
    static Result<std::unique_ptr<HostProcess>> start(Options, UniqueFd image, Call const&);

    /// Lets calls that are under way fail, asks the driver to close, and kills it if it does not within five seconds.
    ~HostProcess();
    HostProcess(HostProcess const&) = delete;
    HostProcess& operator=(HostProcess const&) = delete;

    /// Can it still be asked? A host that died or is being killed cannot.
    bool alive() const;
    rpc::driver::Loaded const& loaded() const { return m_loaded; }

    /// Asks and waits, at most until the call's deadline and a short grace. The stream, if any, is moved meanwhile. A
    /// host that does not answer is killed. root, borrowed, goes along behind the stream.
    Result<Answer> ask(Call const&, rpc::driver::Call, Transfer&, int root = -1);

private:
    explicit HostProcess(Options);

    Result<void> load(UniqueFd image, Call const&);
    Result<Answer> exchange(Call const&, std::shared_ptr<PendingCall> const&, rpc::Message, Transfer&);
    Result<uint64_t> enlist(std::shared_ptr<PendingCall> const&);
    Result<void> await(Call const&, uint64_t number, PendingCall&, Transfer&);
    Result<void> stop(uint64_t number, PendingCall&, Error, std::chrono::nanoseconds grace, Transfer&);
    void end_stream(uint64_t number, Result<void> const&, Transfer&);
    Result<void> send(rpc::Message const&, os::Deadline);
    Error late(PendingCall const&, os::Deadline) const;
    Error stalled(PendingCall const&, Call const&) const;

    void watch();
    void dispatch(rpc::Message);
    void take_items(rpc::Message const&);
    void take_answer(rpc::Message);
    void take_log(rpc::Message const&) const;
    Error judge(rpc::Message const&, PendingCall const&) const;
    std::shared_ptr<PendingCall> find(uint64_t number);
    int reap();
    void bury();
    Result<pid_t> spawn();
    void kill(std::string reason);
    std::string place(PendingCall const&) const;

    Options const m_options;
    DriverId const m_id;
    rpc::driver::Loaded m_loaded;
    rpc::Channel m_channel, m_far_end;

    Mutex m_send_mutex; // held while a message is sent; never together with m_mutex
    mutable Mutex m_mutex;
    CondVar m_changed;
    std::map<uint64_t, std::shared_ptr<PendingCall>> m_pending GUARDED_BY(m_mutex);
    uint64_t m_next_number GUARDED_BY(m_mutex) = 1;
    pid_t m_pid GUARDED_BY(m_mutex) = -1; // until it is reaped
    bool m_over GUARDED_BY(m_mutex) = false;
    std::string m_doom GUARDED_BY(m_mutex); // why it was killed
    rpc::driver::Function m_stage GUARDED_BY(m_mutex) = rpc::driver::Function::Dlopen; // while loading
    std::thread m_thread;
};

} // namespace staithe::drivers
