// The half of the gate that brings messages in: accept, head, body, dispatch.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <staithe/host.h>

#include "api/http/gate.hpp"
#include "api/http/host_rules.hpp"

namespace staithe::http {

namespace {

    using namespace std::chrono_literals;

    constexpr size_t head_step = 16384, body_step = 262144;

    bool is_loopback(sockaddr_storage const& peer)
    {
        if (peer.ss_family == AF_INET)
            return (ntohl(reinterpret_cast<sockaddr_in const&>(peer).sin_addr.s_addr) >> 24) == 127;
        if (peer.ss_family != AF_INET6)
            return true;
        auto const& address = reinterpret_cast<sockaddr_in6 const&>(peer).sin6_addr;
        return IN6_IS_ADDR_LOOPBACK(&address) || (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
    }

    /// A TCP peer that vanished without a word is found within minutes, also while its request is parked.
    void set_tcp_options(int fd)
    {
        int const on = 1, idle = 60, interval = 15, count = 4;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
        ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
        ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    }

} // namespace

void Gate::accept_from(ListenerSocket& listener)
{
    for (int i = 0; i < 64; ++i) {
        if (m_connections.size() >= m_settings->max_connections)
            return pause_accepting(true);
        sockaddr_storage peer {};
        socklen_t size = sizeof peer;
        UniqueFd fd(
            ::accept4(listener.descriptor(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!fd && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
            log(STAITHE_WARNING, errno_error("cannot accept a connection").message);
            return pause_accepting(true);
        }
        if (!fd)
            return;
        if (listener.kind() == Listener::Tcp)
            set_tcp_options(fd.get());
        auto connection = std::make_unique<Connection>();
        connection->id = m_next_id++;
        connection->socket = std::move(fd);
        connection->listener = listener.kind();
        connection->loopback_peer = is_loopback(peer);
        connection->deadline = Clock::now() + m_settings->idle_timeout;
        epoll_event event { EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, { .u64 = connection->id } };
        if (epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, connection->socket.get(), &event) == 0)
            m_connections.emplace(connection->id, std::move(connection));
    }
}

void Gate::pause_accepting(bool paused)
{
    m_accepting = !paused;
    m_resume_accepting = Clock::now() + 100ms;
    m_next_sweep = std::min(m_next_sweep, m_resume_accepting);
    for (size_t i = 0; i < m_listeners.size(); ++i) {
        epoll_event event { paused ? 0u : static_cast<uint32_t>(EPOLLIN), { .u64 = 1 + i } };
        epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, m_listeners[i].descriptor(), &event);
    }
}

/// False when the connection is closed or there is nothing new to look at.
bool Gate::receive(Connection& connection, size_t capacity)
{
    size_t const size = connection.input.size();
    connection.input.resize(size + capacity);
    ssize_t const n = ::recv(connection.socket.get(), connection.input.data() + size, capacity, 0);
    connection.input.resize(size + static_cast<size_t>(std::max<ssize_t>(n, 0)));
    if (n > 0)
        return true;
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        watch(connection, EPOLLIN | EPOLLRDHUP);
        return false;
    }
    connection.ended = true;
    if (n < 0 || connection.state == State::Lingering) {
        close(connection);
        return false;
    }
    return true;
}

void Gate::on_readable(Connection& connection)
{
    if (connection.state == State::Lingering) {
        connection.input.clear();
        if (receive(connection, head_step))
            watch(connection, EPOLLIN | EPOLLRDHUP);
        return;
    }
    bool const first = connection.input.empty() && connection.state == State::Head;
    if (!receive(connection, connection.state == State::Body ? body_step : head_step))
        return;
    // The time for a head runs from its first byte and is not renewed by the others.
    if (first)
        connection.deadline = Clock::now() + m_settings->head_timeout;
    advance(connection);
}

void Gate::advance(Connection& connection)
{
    // Each step says whether the connection is still here and still wants bytes.
    if (connection.state == State::Head && !advance_head(connection))
        return;
    if (connection.state == State::Body && !advance_body(connection))
        return;
    if (connection.ended)
        return connection.input.empty() && connection.state == State::Head
            ? close(connection)
            : refuse(connection, { 400, "the request was cut short" });
    watch(connection, EPOLLIN | EPOLLRDHUP);
}

bool Gate::advance_head(Connection& connection)
{
    auto const outcome = connection.parser.parse(connection.input);
    if (outcome.refused) {
        refuse(connection, *outcome.refused);
        return false;
    }
    if (!outcome.complete)
        return true;
    connection.input.erase(0, *outcome.complete);
    connection.settings = m_settings;
    return begin_message(connection);
}

bool Gate::begin_message(Connection& connection)
{
    auto const& head = connection.head();
    auto outcome = parse_target(head.method, head.target);
    if (outcome.refused) {
        refuse(connection, *outcome.refused);
        return false;
    }
    connection.target = std::move(*outcome.target);
    if (connection.listener == Listener::Tcp) {
        auto const refused =
            check_tcp_request(head, connection.target, connection.loopback_peer, connection.settings->allowed_hosts);
        if (refused) {
            refuse(connection, *refused);
            return false;
        }
    }
    if (connection.target.location.empty()) {
        connection.match = m_router.match(head.method, connection.target.path);
    } else {
        connection.match.status = 301;
        connection.match.location = connection.target.location;
    }
    connection.decoder = BodyDecoder(head);
    connection.body_failed = false;
    return decide_body(connection);
}

bool Gate::decide_body(Connection& connection)
{
    auto const* const route = connection.match.route;
    bool const is_upload = route && route->lane == BodyLane::Upload;
    if (route && route->hijacks) {
        dispatch(connection);
        return false;
    }
    uint64_t const length = connection.head().length;
    if (!is_upload && length > short_body_limit) {
        refuse(connection, { 413, "the request body is longer than 4 MiB" });
        return false;
    }
    if (m_read_ahead > read_ahead_total && !connection.decoder.done()) {
        refuse(connection, { 503, "too many requests at once" });
        return false;
    }
    connection.state = State::Body;
    connection.deadline = Clock::now() + m_settings->body_timeout;
    if (!connection.decoder.done() && connection.head().expects_continue && connection.input.empty()) {
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        auto const sent = send_now(connection.socket.get(), go_on);
        if (!sent || sent.value() != go_on.size())
            connection.ended = true;
    }
    return true;
}

/// Reads ahead: all of a short body, the first MiB of an upload.
bool Gate::advance_body(Connection& connection)
{
    auto const* const route = connection.match.route;
    bool const is_upload = route && route->lane == BodyLane::Upload;
    size_t const limit = is_upload ? read_ahead : short_body_limit + 1, before = connection.body.size();
    auto const used = connection.decoder.decode(connection.input, connection.body, limit - std::min(limit, before));
    m_read_ahead += connection.body.size() - before;
    connection.read_ahead += connection.body.size() - before;
    if (!used) {
        refuse(connection, { 400, used.error().message });
        return false;
    }
    connection.input.erase(0, used.value());
    if (!is_upload && connection.body.size() > short_body_limit) {
        refuse(connection, { 413, "the request body is longer than 4 MiB" });
        return false;
    }
    if (connection.decoder.done() || (is_upload && connection.body.size() >= read_ahead)) {
        dispatch(connection);
        return false;
    }
    return true;
}

void Gate::dispatch(Connection& connection)
{
    if (!connection.match.route)
        return answer_unrouted(connection);
    connection.state = State::Lent;
    m_lanes_rest = false;
    m_last_submitted = Clock::now();
    switch (connection.match.route->lane) {
    case BodyLane::Quick: return m_lanes.quick.submit(connection);
    case BodyLane::Short: return m_lanes.requests.submit(connection);
    case BodyLane::Upload: return m_lanes.uploads.submit(connection);
    }
}

void Gate::answer_unrouted(Connection& connection)
{
    Reply answer { connection.match.status, "text/plain; charset=utf-8", {}, {} };
    if (connection.match.status == 301)
        answer.headers.emplace_back("Location", connection.match.location);
    else if (!connection.match.text.empty())
        answer.body = connection.match.text;
    else if (!connection.match.empty_body)
        answer.body = "404 page not found\n";
    reply(connection, answer, connection.head().keep_alive ? Close::No : Close::Yes);
}

/// What a connection holds of its body no longer counts as read ahead.
void Gate::forget_body(Connection& connection)
{
    m_read_ahead -= std::exchange(connection.read_ahead, 0);
}

} // namespace staithe::http
