#include "api/http/message_body.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace staithe::http {

namespace {

    constexpr size_t step = 65536, drain_limit = 1u << 20;

    Error cut_short()
    {
        return { STAITHE_IO, 0, "request body was cut short" };
    }

} // namespace

uint64_t MessageBody::size() const
{
    uint64_t const left = m_connection.decoder.remaining();
    return left == unknown_size ? unknown_size : left + m_connection.body.size() - m_given;
}

Error MessageBody::fail(Error error)
{
    m_connection.body_failed = true;
    m_error = error;
    return error;
}

Result<size_t> MessageBody::read(void* into, size_t capacity)
{
    if (m_error)
        return Error(*m_error);
    if (m_given == m_connection.body.size() && capacity > 0)
        STAITHE_TRY(refill(capacity));
    size_t const size = std::min(capacity, m_connection.body.size() - m_given);
    std::memcpy(into, m_connection.body.data() + m_given, size);
    m_given += size;
    return size;
}

Result<void> MessageBody::refill(size_t capacity)
{
    m_connection.body.clear();
    m_given = 0;
    auto const deadline = Clock::now() + m_connection.settings->body_timeout;
    while (m_connection.body.empty() && !m_connection.decoder.done()) {
        if (m_connection.input.empty())
            STAITHE_TRY(receive(deadline));
        auto used = m_connection.decoder.decode(m_connection.input, m_connection.body, std::max(capacity, step));
        if (!used)
            return fail(std::move(used.error()));
        m_connection.input.erase(0, used.value());
    }
    return {};
}

Result<void> MessageBody::receive(Clock::time_point deadline)
{
    m_connection.input.resize(step);
    for (;;) {
        ssize_t const n = ::recv(m_connection.socket.get(), m_connection.input.data(), step, MSG_DONTWAIT);
        if (n > 0) {
            m_connection.input.resize(static_cast<size_t>(n));
            return {};
        }
        if (n < 0 && errno == EINTR)
            continue;
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (n == 0 || errno != EAGAIN || left <= 0) {
            m_connection.input.clear();
            m_connection.ended = m_connection.ended || n == 0;
            if (n < 0 && errno == EAGAIN)
                return fail({ STAITHE_CANCELLED, 0, "request body does not arrive" });
            return fail(cut_short());
        }
        pollfd waiting { m_connection.socket.get(), POLLIN, 0 };
        ::poll(&waiting, 1, static_cast<int>(std::min<long>(left, 1000)));
    }
}

bool MessageBody::drain()
{
    std::string scrap;
    size_t drained = 0;
    while (!m_error && !m_connection.decoder.done() && drained < drain_limit) {
        if (m_connection.input.empty() && !receive(Clock::now()))
            break;
        auto used = m_connection.decoder.decode(m_connection.input, scrap, step);
        if (!used) {
            m_connection.body_failed = true;
            break;
        }
        m_connection.input.erase(0, used.value());
        drained += used.value();
        scrap.clear();
    }
    return m_connection.decoder.done();
}

} // namespace staithe::http
