#include "daemon/keeper/client.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>

#include "daemon/keeper/replay.hpp"
#include "daemon/keeper/scratch.hpp"
#include "daemon/os/clock.hpp"

namespace staithe::keeper {

namespace {
    constexpr uint64_t max_lag_bytes = 256u << 10;
    constexpr size_t terminal_bytes = 4096;
    constexpr int64_t linger_ns = 5'000'000'000, patience_ns = 600'000'000'000;
} // namespace

Client::Client(rpc::keeper::Attach how, UniqueFd socket, Poller& poller)
    : m_how(std::move(how))
    , m_socket(std::move(socket))
    , m_poller(poller)
    , m_pending(std::move(m_how.early))
{
    (void)::fcntl(m_socket.get(), F_SETFL, ::fcntl(m_socket.get(), F_GETFL) | O_NONBLOCK);
}

void Client::ready(uint32_t events)
{
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        m_readable = !m_input_over || (events & (EPOLLHUP | EPOLLERR));
    if (events & EPOLLOUT)
        m_writable = true;
    if (events & (EPOLLHUP | EPOLLERR))
        m_gone = true;
}

void Client::feed_early(Input& input)
{
    if (is_fed(input) && !m_pending.empty() && !input.tty())
        m_pending.erase(0, input.write(m_pending));
}

void Client::begin(int state_dir, log::Writer const* log)
{
    if (m_how.logs && log) {
        auto reader = log::Reader::whole(state_dir);
        if (reader) {
            m_reader = std::move(reader).value();
            m_replaying = true;
            m_reader_base = log->appended();
            if (!m_how.stream)
                m_reader_limit = m_reader->found_bytes();
        }
    }
    if (!m_how.stream || (!m_how.in && !m_how.out && !m_how.err))
        end();
}

void Client::deliver(log::Stream stream, std::string_view bytes, log::Writer const* log)
{
    if (is_ending() || m_output_dead || !wants(m_how, stream) || m_reader)
        return;
    char header[frame_header_bytes];
    put_frame_header(header, stream, bytes.size());
    std::string_view const head(header, m_how.framed ? sizeof header : 0);
    if (!m_backlog.empty() && log) {
        if (auto reader = log->read_from_last()) {
            m_reader = std::move(reader).value();
            m_replaying = false;
            m_reader_base = log->appended() - log::header_bytes - bytes.size();
            return;
        }
    }
    if (m_backlog.empty() && m_writable)
        (void)send(head, bytes);
    else
        m_backlog.append(head).append(bytes);
}

// Writes what it can and keeps the rest; false: the socket takes no more now.
bool Client::send(std::string_view header, std::string_view bytes)
{
    iovec parts[2] = { { const_cast<char*>(header.data()), header.size() },
        { const_cast<char*>(bytes.data()), bytes.size() } };
    msghdr message {};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    ssize_t const n = ::sendmsg(m_socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        m_output_dead = true;
        close_output();
        return true;
    }
    if (n < 0 && errno == EAGAIN)
        m_writable = false;
    size_t const sent = n < 0 ? 0 : static_cast<size_t>(n);
    if (n > 0 && m_ending)
        m_patience_ends = os::monotonic_ns() + patience_ns;
    size_t const of_header = std::min(sent, header.size());
    m_backlog.append(header.substr(of_header)).append(bytes.substr(sent - of_header));
    return m_backlog.empty();
}

bool Client::flush_backlog()
{
    std::string const rest = std::move(m_backlog);
    m_backlog = {};
    return send({}, rest);
}

bool Client::catch_up()
{
    auto const batch = next_batch(*m_reader, m_how, m_reader_limit);
    if (batch && !batch.value().empty()) {
        (void)send({}, batch.value());
        return true;
    }
    m_reader.reset();
    return m_ending;
}

bool Client::pump_output()
{
    if (m_phase != Phase::Serving || m_output_dead)
        return false;
    if (!m_backlog.empty())
        return m_writable && flush_backlog();
    if (m_reader)
        return m_writable && catch_up();
    if (m_ending)
        close_output();
    return false;
}

bool Client::holds_back(log::Writer const* log) const
{
    if (is_ending() || m_output_dead)
        return false;
    if (!m_reader || !log)
        return m_backlog.size() > max_lag_bytes;
    uint64_t const safe = log->safe_lag() ? log->safe_lag() : UINT64_MAX;
    uint64_t const since = log->appended() - m_reader_base;
    if (m_replaying)
        return since > safe;
    return since - m_reader->passed() > std::min(max_lag_bytes, safe);
}

void Client::end()
{
    if (is_ending())
        return;
    m_ending = true;
    m_patience_ends = os::monotonic_ns() + patience_ns;
    if (m_output_dead)
        close_output();
}

void Client::lose_patience(int64_t now_ns)
{
    if (is_ending() && !is_over() && now_ns >= m_patience_ends)
        drop();
}

// Nothing more goes out. A connection whose other half may still be busy is given time: closing it with unread bytes
// would reset it and destroy what the client has not read yet.
void Client::close_output()
{
    m_backlog = {};
    m_reader.reset();
    if (m_output_dead) {
        if (m_input_over || m_ending || !m_how.in)
            drop();
        return;
    }
    if (!m_how.half_close || m_gone) {
        drop();
        return;
    }
    ::shutdown(m_socket.get(), SHUT_WR);
    m_phase = Phase::Lingering;
    m_patience_ends = os::monotonic_ns() + linger_ns;
    if (m_input_over)
        drop();
}

void Client::drop()
{
    discard_received();
    m_poller.forget(m_socket.get());
    m_socket.reset();
    m_phase = Phase::Over;
    m_backlog = {};
    m_pending = {};
    m_reader.reset();
}

// A unix socket that is closed with bytes unread gives its peer an error instead of the end.
void Client::discard_received()
{
    ::shutdown(m_socket.get(), SHUT_RD);
    for (int i = 0; i < 64; ++i)
        if (::recv(m_socket.get(), s_block, sizeof s_block, MSG_DONTWAIT) <= 0)
            return;
}

bool Client::pump_input(Input& input)
{
    if (is_over())
        return false;
    if (!is_fed(input) || !input.is_open())
        return m_readable && discard_step(input);
    if (!m_pending.empty()) {
        if (input.is_full())
            return false;
        m_pending.erase(0, input.write(m_pending));
        return m_pending.empty();
    }
    if (!m_readable || input.is_full())
        return false;
    return input.tty() ? feed_terminal(input) : feed(input);
}

bool Client::discard_step(Input& input)
{
    m_pending = {};
    ssize_t const n = ::recv(m_socket.get(), s_block, sizeof s_block, MSG_DONTWAIT);
    if (n > 0)
        return true;
    if (n < 0 && errno == EAGAIN)
        m_readable = false;
    else if (n == 0 || errno != EINTR)
        input_ended(input);
    return false;
}

bool Client::feed(Input& input)
{
    switch (input.splice_from(m_socket.get())) {
    case Flow::Moved: return true;
    case Flow::SourceEmpty: m_readable = false; return false;
    case Flow::Full: return false;
    case Flow::SourceEnded: break;
    }
    input_ended(input);
    return false;
}

bool Client::feed_terminal(Input& input)
{
    char typed[terminal_bytes];
    ssize_t const n = ::recv(m_socket.get(), typed, sizeof typed, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        m_readable = false;
    else if (n == 0 || (n < 0 && errno != EINTR))
        input_ended(input);
    if (n <= 0)
        return false;
    bool const leave = m_keys.pass({ typed, static_cast<size_t>(n) }, m_pending);
    if (!m_pending.empty())
        m_pending.erase(0, input.write(m_pending));
    if (leave)
        detach();
    return true;
}

void Client::input_ended(Input& input)
{
    m_readable = false;
    bool const first = !m_input_over;
    m_input_over = true;
    if (first && is_fed(input)) {
        if (input.ends_with_client())
            input.close();
        else
            detach();
    }
    if (!is_over() && (m_gone || m_output_dead || m_phase == Phase::Lingering))
        drop();
}

void Client::detach()
{
    m_reader.reset();
    end();
}

} // namespace staithe::keeper
