#include "api/http/gate.hpp"

#include <sys/epoll.h>

#include <staithe/host.h>

#include <algorithm>

#include "api/http/deferred.hpp"

namespace staithe::http {

namespace {

    using namespace std::chrono_literals;

    constexpr uint64_t mailbox_id = 0, first_listener_id = 1, first_connection_id = 1u << 16;
    constexpr auto accept_pause = 100ms, linger_time = 2000ms;
    constexpr auto lanes_work_on = 1500ms; // Poco counts a thread's rest in whole seconds

    bool has_deadline(Connection::State state)
    {
        using State = Connection::State;
        return state != State::Lent && state != State::Parked && state != State::Fed;
    }

} // namespace

Gate::Gate(std::vector<ListenerSocket> listeners, Router router, SettingsPtr settings, std::shared_ptr<Mailbox> mailbox,
    Lanes lanes)
    : m_listeners(std::move(listeners))
    , m_router(std::move(router))
    , m_settings(std::move(settings))
    , m_mailbox(std::move(mailbox))
    , m_lanes(lanes)
    , m_next_id(first_connection_id)
{
}

Gate::~Gate() = default;

Result<void> Gate::start()
{
    m_epoll = UniqueFd(epoll_create1(EPOLL_CLOEXEC));
    if (!m_epoll)
        return errno_error("cannot create an epoll descriptor");
    epoll_event event { EPOLLIN, { .u64 = mailbox_id } };
    if (epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, m_mailbox->descriptor(), &event) != 0)
        return errno_error("cannot watch the mailbox");
    for (size_t i = 0; i < m_listeners.size(); ++i) {
        event.data.u64 = first_listener_id + i;
        if (epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, m_listeners[i].descriptor(), &event) != 0)
            return errno_error("cannot watch '" + m_listeners[i].address() + "'");
    }
    m_thread = std::thread([this] { run(); });
    return {};
}

void Gate::reload(SettingsPtr settings)
{
    m_mailbox->call([this, settings = std::move(settings)] { m_settings = settings; });
}

void Gate::stop(std::chrono::milliseconds grace)
{
    if (!m_thread.joinable())
        return;
    m_mailbox->call([this, grace] { begin_stop(Clock::now() + grace); });
    m_thread.join();
}

void Gate::forget()
{
    m_mailbox->close();
    for (auto const& [id, connection] : m_connections)
        if (connection->feed)
            connection->feed->client_gone();
    m_connections.clear();
    m_listeners.clear();
}

void Gate::run()
{
    epoll_event events[256];
    while (!is_finished()) {
        int const count = epoll_wait(m_epoll.get(), events, 256, wait_time());
        for (int i = 0; i < count; ++i)
            handle_event(events[i].data.u64, events[i].events);
        for (uint64_t const id : std::exchange(m_ready, {}))
            if (auto const found = m_connections.find(id); found != m_connections.end())
                advance(*found->second);
        if (Clock::now() >= m_next_sweep)
            sweep();
    }
}

int Gate::wait_time() const
{
    if (!m_ready.empty())
        return 0;
    if (m_connections.empty() && m_accepting && !m_stopping && m_lanes_rest)
        return -1;
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(m_next_sweep - Clock::now());
    return static_cast<int>(std::clamp<long>(left.count(), 0, 1000));
}

void Gate::handle_event(uint64_t id, uint32_t events)
{
    if (id == mailbox_id)
        return read_mail();
    if (id < first_connection_id) {
        if (m_accepting && !m_stopping)
            accept_from(m_listeners[id - first_listener_id]);
        return;
    }
    if (id & stream_side)
        return pump_event(id, events);
    auto const found = m_connections.find(id);
    if (found == m_connections.end())
        return;
    Connection& connection = *found->second;
    bool const gone = events & (EPOLLHUP | EPOLLERR);
    switch (connection.state) {
    case State::Lent: return;
    case State::Parked:
        // A half-closed client still waits for its reply; from now on only HUP and ERR are of interest.
        return gone ? close(connection) : watch(connection, 0);
    case State::Writing: return gone ? close(connection) : write_on(connection);
    case State::Fed:
        connection.half_closed = connection.half_closed || (events & EPOLLRDHUP);
        return gone ? close(connection) : feed_on(connection);
    case State::Pumped: return pump_event(id, events);
    case State::Head:
    case State::Body:
    case State::Lingering: return on_readable(connection);
    }
}

void Gate::read_mail()
{
    auto const mail = m_mailbox->take();
    for (auto* const connection : mail.returned)
        take_back(*connection);
    for (auto const& core : mail.settled)
        settle(*core);
    for (auto const& core : mail.fed)
        feed(*core);
    for (auto const& f : mail.calls)
        f();
}

/// Every deadline is looked at a few times within the shortest timeout: cheap, and no timer per connection.
void Gate::sweep()
{
    auto const now = Clock::now();
    auto const shortest = std::min({ m_settings->head_timeout, m_settings->idle_timeout, m_settings->body_timeout });
    m_next_sweep = now + std::clamp<std::chrono::milliseconds>(shortest / 4, 10ms, m_stopping ? 20ms : 1000ms);
    if (!m_accepting) {
        m_next_sweep = std::min(m_next_sweep, now + accept_pause);
        if (now >= m_resume_accepting && m_connections.size() < m_settings->max_connections)
            pause_accepting(false);
    }
    if (!m_lanes_rest && now >= m_last_submitted + lanes_work_on) {
        for (auto* const lane : { &m_lanes.quick, &m_lanes.requests, &m_lanes.uploads })
            lane->rest();
        m_lanes_rest = true;
    }
    std::vector<Connection*> late;
    for (auto const& [id, connection] : m_connections)
        if (has_deadline(connection->state) && now >= connection->deadline)
            late.push_back(connection.get());
    for (auto* const connection : late) {
        bool const slow =
            (connection->state == State::Head && !connection->input.empty()) || connection->state == State::Body;
        if (slow)
            refuse(*connection, { 408, "the request does not arrive" });
        else
            close(*connection);
    }
    if (m_stopping && now >= m_stop_deadline)
        for (auto const& [id, connection] : m_connections)
            if (!connection->hijacked)
                ::shutdown(connection->socket.get(), SHUT_RDWR);
}

void Gate::begin_stop(Clock::time_point deadline)
{
    m_stopping = true;
    m_stop_deadline = deadline;
    for (auto& listener : m_listeners) {
        epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, listener.descriptor(), nullptr);
        listener.close();
    }
    std::vector<Connection*> waiting;
    for (auto const& [id, connection] : m_connections)
        if (connection->state != State::Lent && connection->state != State::Writing)
            waiting.push_back(connection.get());
    for (auto* const connection : waiting)
        connection->state == State::Pumped ? pump_on(*connection) : close(*connection);
    m_next_sweep = Clock::now();
}

bool Gate::is_finished()
{
    // Past the deadline lent connections are left to the lanes, which wait for their handlers.
    return m_stopping && (m_connections.empty() || Clock::now() >= m_stop_deadline + 100ms);
}

void Gate::watch(Connection& connection, uint32_t events)
{
    epoll_event event { events | EPOLLONESHOT, { .u64 = connection.id } };
    if (epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, connection.socket.get(), &event) != 0)
        close(connection);
}

void Gate::close(Connection& connection)
{
    auto const deferred = std::move(connection.deferred);
    auto const feed = std::move(connection.feed);
    bool const parked = connection.state == State::Parked;
    forget_body(connection);
    epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, connection.socket.get(), nullptr);
    m_connections.erase(connection.id);
    if (parked && deferred)
        deferred->client_gone();
    if (feed)
        feed->client_gone();
}

void Gate::linger(Connection& connection)
{
    // Closing with unread input would reset a TCP connection and could destroy the reply under way.
    ::shutdown(connection.socket.get(), SHUT_WR);
    if (connection.ended || m_stopping)
        return close(connection);
    connection.state = State::Lingering;
    connection.deadline = Clock::now() + linger_time;
    connection.input.clear();
    watch(connection, EPOLLIN | EPOLLRDHUP);
}

void Gate::take_back(Connection& connection)
{
    forget_body(connection);
    connection.body.clear();
    switch (connection.after) {
    case After::Drop:
    case After::Hijacked: return close(connection);
    case After::Park: return park(connection);
    case After::Feed: return begin_feed(connection);
    case After::Pump: return begin_pump(connection);
    case After::KeepAlive:
    case After::Linger: return write_on(connection);
    }
}

void Gate::park(Connection& connection)
{
    connection.state = State::Parked;
    if (m_stopping)
        return close(connection);
    if (connection.deferred->is_settled())
        return settle(*connection.deferred);
    watch(connection, connection.ended ? 0u : static_cast<uint32_t>(EPOLLRDHUP));
}

void Gate::settle(DeferredCore& core)
{
    auto const found = m_connections.find(core.connection());
    if (found == m_connections.end() || found->second->state != State::Parked || found->second->deferred.get() != &core)
        return;
    Connection& connection = *found->second;
    auto const keep = connection.deferred;
    auto const answer = core.take_reply();
    if (!answer)
        return close(connection);
    connection.deferred.reset();
    reply(connection, *answer, connection.is_reusable() ? Close::No : Close::Yes);
}

void Gate::reply(Connection& connection, Reply const& answer, Close close)
{
    Poco::Net::HTTPResponse response;
    connection.output = reply_text(response, connection, answer, close);
    connection.output_sent = 0;
    connection.after = close == Close::Yes ? After::Linger : After::KeepAlive;
    write_on(connection);
}

void Gate::refuse(Connection& connection, Refusal const& refusal)
{
    log(STAITHE_DEBUG, "refused a request: " + refusal.reason);
    connection.output = refusal_text(*m_settings, refusal, connection.head().method);
    connection.output_sent = 0;
    connection.after = After::Linger;
    write_on(connection);
}

void Gate::write_on(Connection& connection)
{
    auto const sent =
        send_now(connection.socket.get(), std::string_view(connection.output).substr(connection.output_sent));
    if (!sent)
        return close(connection);
    connection.output_sent += sent.value();
    if (connection.output_sent == connection.output.size())
        return finish_reply(connection);
    // The time counts from the last byte the client took.
    if (connection.state != State::Writing || sent.value())
        connection.deadline = Clock::now() + m_settings->body_timeout;
    forget_body(connection);
    connection.state = State::Writing;
    watch(connection, EPOLLOUT);
}

void Gate::finish_reply(Connection& connection)
{
    forget_body(connection);
    connection.output.clear();
    connection.output_sent = 0;
    if (connection.output.capacity() > 65536)
        connection.output.shrink_to_fit();
    if (connection.after == After::Linger)
        return linger(connection);
    if (m_stopping)
        return close(connection);
    connection.begin_next_message();
    connection.state = State::Head;
    connection.deadline =
        Clock::now() + (connection.input.empty() ? m_settings->idle_timeout : m_settings->head_timeout);
    if (connection.input.empty() && !connection.ended)
        return watch(connection, EPOLLIN | EPOLLRDHUP);
    // Not now: a long pipeline must neither pile up on the stack nor keep others waiting.
    m_ready.push_back(connection.id);
}

void Gate::log(int level, std::string_view message) const
{
    if (m_settings->log)
        m_settings->log(level, message);
}

} // namespace staithe::http
