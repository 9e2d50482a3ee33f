// The gate: one thread that holds every connection that no worker has. It accepts, reads and judges heads, reads bodies
// ahead, hands whole messages to the lanes, parks deferred replies, sends what feeds write, pumps WebSockets, and takes
// slow readers off the workers' hands.
#pragma once

#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "api/http/connection.hpp"
#include "api/http/feed.hpp"
#include "api/http/lane.hpp"
#include "api/http/listener_socket.hpp"
#include "api/http/mailbox.hpp"
#include "api/http/reply.hpp"

namespace staithe::http {

class Gate {
public:
    static constexpr size_t short_body_limit = 4u << 20; ///< longer ones are 413 outside the upload lane
    static constexpr size_t read_ahead = 1u << 20; ///< of an upload, before a worker is engaged
    static constexpr size_t read_ahead_total = 256u << 20; ///< of all connections together; beyond it 503

    struct Lanes {
        Lane &quick, &requests, &uploads;
    };
    Gate(std::vector<ListenerSocket>, Router, SettingsPtr, std::shared_ptr<Mailbox>, Lanes);
    ~Gate();
    Result<void> start();
    void reload(SettingsPtr); // [any-thread]
    /// Closes listeners, idle and parked connections; waits for lent and written ones until the deadline, then shuts
    /// them. Returns when the gate's thread has ended; connections still lent stay valid until the destructor.
    void stop(std::chrono::milliseconds grace);
    /// After the lanes have stopped.
    void forget();

private:
    /// Marks the stream's descriptor of a pumped connection among epoll's ids.
    static constexpr uint64_t stream_side = uint64_t(1) << 63;

    using State = Connection::State;
    using After = Connection::After;

    void run();
    int wait_time() const;
    void handle_event(uint64_t id, uint32_t events);
    void read_mail();
    void sweep();
    void begin_stop(Clock::time_point deadline);
    bool is_finished();

    void accept_from(ListenerSocket&);
    void admit(UniqueFd, ListenerSocket const&);
    void pause_accepting(bool paused);

    void watch(Connection&, uint32_t events);
    void close(Connection&);
    void linger(Connection&);

    bool receive(Connection&, size_t capacity);
    void on_readable(Connection&);
    void advance(Connection&);
    bool advance_head(Connection&);
    bool advance_body(Connection&);
    bool begin_message(Connection&);
    bool decide_body(Connection&);
    void dispatch(Connection&);
    void answer_unrouted(Connection&);
    void refuse(Connection&, Refusal const&);
    void reply(Connection&, Reply const&, Close);

    void take_back(Connection&);
    void settle(DeferredCore&);
    void park(Connection&);
    void write_on(Connection&);

    void begin_feed(Connection&);
    void feed(FeedCore&);
    void feed_on(Connection&);
    void end_feed(Connection&);
    void begin_pump(Connection&);
    void pump_on(Connection&);
    void pump_event(uint64_t id, uint32_t events);
    void finish_reply(Connection&);
    void forget_body(Connection&);
    void log(int level, std::string_view message) const;

    std::vector<ListenerSocket> m_listeners;
    Router const m_router;
    SettingsPtr m_settings; // [gate-thread] once started
    std::shared_ptr<Mailbox> const m_mailbox; // shared with workers and deferred replies
    Lanes m_lanes;

    UniqueFd m_epoll;
    std::unordered_map<uint64_t, std::unique_ptr<Connection>> m_connections;
    uint64_t m_next_id;
    std::vector<uint64_t> m_ready; // have pipelined input to look at
    size_t m_read_ahead = 0; // bytes of bodies read before a worker was engaged, and still held
    bool m_accepting = true;
    bool m_stopping = false;
    bool m_lanes_rest = true; // nothing was submitted since they were told to
    Clock::time_point m_next_sweep, m_resume_accepting, m_stop_deadline, m_last_submitted;
    std::thread m_thread;
};

} // namespace staithe::http
