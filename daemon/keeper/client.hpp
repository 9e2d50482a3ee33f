// One attached client: its socket, what it is owed, and what it sends.
//
// A client that takes its output in time gets it straight from the container. One that does not is served from the log
// until it has caught up, which needs no memory; only when it is too far behind does the container have to wait.
#pragma once

#include <optional>
#include <string>

#include "daemon/keeper/detach_keys.hpp"
#include "daemon/keeper/input.hpp"
#include "daemon/log/writer.hpp"
#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::keeper {

class Client final : public Watched {
public:
    Client(rpc::keeper::Attach how, UniqueFd socket, Poller& poller);

    int fd() const { return m_socket.get(); }
    void ready(uint32_t events) override;

    /// The bytes that came before the socket did, as far as they fit; for before the container runs.
    void feed_early(Input&);

    /// From now on output is owed. state_dir holds the log; log is absent where it cannot be written.
    void begin(int state_dir, log::Writer const* log);

    /// The container has written this; log's last record is it, log is absent if it could not be stored.
    void deliver(log::Stream, std::string_view, log::Writer const* log);

    /// One step in each direction; true: there may be more to do at once.
    bool pump_output();
    bool pump_input(Input&);

    /// Is it so far behind that the container has to wait?
    bool holds_back(log::Writer const*) const;

    /// Nothing more will be delivered: gives it the rest, then ends the connection.
    void end();
    /// Ends the connection of one that takes nothing for a long time, if it is to end.
    void lose_patience(int64_t now_ns);

    bool is_ending() const { return m_phase != Phase::Serving || m_ending; }
    bool is_over() const { return m_phase == Phase::Over; }

private:
    enum class Phase { Serving, Lingering, Over };

    bool is_fed(Input const& input) const { return !is_ending() && m_how.in && input.is_offered(); }
    bool send(std::string_view header, std::string_view bytes);
    bool flush_backlog();
    bool catch_up();
    void close_output();
    void drop();
    void discard_received();
    bool discard_step(Input&);
    bool feed(Input&);
    bool feed_terminal(Input&);
    void input_ended(Input&);
    void detach();

    rpc::keeper::Attach m_how;
    UniqueFd m_socket;
    Poller& m_poller;
    Phase m_phase = Phase::Serving;
    bool m_readable = true, m_writable = true, m_gone = false, m_input_over = false, m_output_dead = false;
    bool m_ending = false;
    int64_t m_patience_ends = 0;
    std::string m_pending; // of the client's input, goes in before anything else
    std::string m_backlog; // of output, goes out before anything else
    std::optional<log::Reader> m_reader; // behind: served from the log
    bool m_replaying = false; // m_reader began at the oldest record
    uint64_t m_reader_limit = UINT64_MAX, m_reader_base = 0;
    DetachKeys m_keys;
};

} // namespace staithe::keeper
