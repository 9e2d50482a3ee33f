// The life of one container, from its Start message to the last byte that a client is owed.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "daemon/keeper/client.hpp"
#include "daemon/keeper/connection.hpp"
#include "daemon/keeper/output.hpp"
#include "daemon/keeper/start.hpp"

namespace staithe::keeper {

class Keeper {
public:
    /// channel: the daemon that made us. children: see prepare_process().
    static Result<std::unique_ptr<Keeper>> create(rpc::Channel channel, UniqueFd children);

    /// Until the container has ended and its clients have everything; or at once, if nothing was started.
    void run();

private:
    /// A descriptor that only says "look".
    struct Bell final : Watched {
        void ready(uint32_t) override { rung = true; }
        UniqueFd fd;
        bool rung = true;
    };

    Keeper(Poller poller, UniqueFd children);

    // keeper.cpp: the loop
    bool is_finished() const;
    int patience() const;
    bool pump();
    bool relay(Output&);
    void sweep();
    void serve_bells();

    // control.cpp: what daemons say
    void accept_connections();
    void serve(Connection&);
    void answer(Connection&, rpc::Message&);
    void start(Connection&, rpc::Message&);
    Result<rpc::keeper::Started> start(Connection&, rpc::keeper::Start, std::vector<UniqueFd> fds);
    Result<void> fill_volumes(Connection&, rpc::keeper::Start&);
    Result<void> run_driver(rpc::keeper::Start const&);
    Result<void> attach(rpc::Message&);
    void root(Connection&, rpc::Message const&);
    Result<void> signal(rpc::Message const&);
    Result<void> resize(rpc::Message const&);
    rpc::keeper::Welcome welcome() const;
    void serve_stdio();

    // ending.cpp: what comes after the container's last instruction
    void reap_children();
    void end_container(int wait_status);
    bool ran_out_of_memory();
    void drain(int blocks);
    using WriteRecord = Result<UniqueFd> (*)(int state_dir, rpc::keeper::ExitRecord const&);
    void publish(rpc::keeper::ExitRecord const&, WriteRecord);
    void release();
    void unlink_socket() const;

    Poller m_poller;
    Bell m_children, m_listener;
    std::vector<std::unique_ptr<Connection>> m_connections;
    std::vector<std::unique_ptr<Client>> m_clients;

    rpc::keeper::State m_state = rpc::keeper::State::Empty;
    rpc::keeper::Start m_start; // what is still needed of it
    rpc::keeper::ExitRecord m_exit;
    std::optional<ExecutionDriver> m_driver;
    StartFiles m_files;
    std::string m_root_path;
    Stdio m_stdio;
    staithe_started m_started {};
    int64_t m_started_ns = 0;
    std::unique_ptr<Output> m_outputs[2];
    std::unique_ptr<Input> m_input;
    std::optional<log::Writer> m_log;
    bool m_log_failed = false;
    UniqueFd m_exit_file; // until it is durable
    bool m_released = false;
};

} // namespace staithe::keeper
