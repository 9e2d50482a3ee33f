#include "daemon/keeper/connection.hpp"

#include <poll.h>

namespace staithe::keeper {

namespace {
    constexpr auto patience = std::chrono::seconds(1);
}

std::optional<rpc::Message> Connection::receive()
{
    pollfd waiting { fd(), POLLIN, 0 };
    if (!m_readable || !is_open() || ::poll(&waiting, 1, 0) <= 0) {
        m_readable = false;
        return {};
    }
    auto message = m_channel.receive(os::Deadline::after(patience));
    if (message)
        return std::move(message).value();
    close();
    return {};
}

void Connection::send(rpc::Message const& message)
{
    if (is_open() && !m_channel.send(message, os::Deadline::after(patience)))
        close();
}

void Connection::answer(rpc::Message const& question, rpc::keeper::Type type, std::string payload)
{
    send({ static_cast<uint16_t>(type), question.call, std::move(payload), {} });
}

void Connection::fail(rpc::Message const& question, Error const& error)
{
    rpc::Writer out;
    encode(out, error);
    answer(question, rpc::keeper::Type::Failed, out.take());
}

} // namespace staithe::keeper
