#include "api/http/message_socket.hpp"

#include <cstring>

#include <Poco/Net/NetException.h>

#include "api/http/reply.hpp"

namespace staithe::http {

namespace {

    /// Poco asks for addresses and wants one that is not TCP, or it would set TCP options.
    Poco::Net::SocketAddress const& gate_address()
    {
        static Poco::Net::SocketAddress const address(Poco::Net::AddressFamily::UNIX_LOCAL, "gate");
        return address;
    }

} // namespace

MessageSocket::MessageSocket(Connection& connection, std::shared_ptr<Mailbox> mailbox)
    : StreamSocketImpl(connection.socket.get())
    , m_connection(connection)
    , m_mailbox(std::move(mailbox))
{
}

MessageSocket::~MessageSocket()
{
    MessageSocket::close();
}

int MessageSocket::receiveBytes(void* buffer, int length, int)
{
    if (m_returned)
        return 0;
    std::string const& text = m_connection.head().text;
    size_t const size = std::min(text.size() - m_given, static_cast<size_t>(length));
    std::memcpy(buffer, text.data() + m_given, size);
    m_given += size;
    return static_cast<int>(size);
}

int MessageSocket::sendBytes(void const* buffer, int length, int)
{
    // Only Poco's own error replies come this way.
    auto const sent =
        send_all(m_connection.socket.get(), { static_cast<char const*>(buffer), static_cast<size_t>(length) },
            Clock::now() + m_connection.settings->body_timeout);
    if (!sent)
        throw Poco::Net::ConnectionResetException(sent.error().message);
    m_connection.after = Connection::After::Linger;
    return length;
}

int MessageSocket::available()
{
    return m_returned ? 0 : static_cast<int>(m_connection.head().text.size() - m_given);
}

bool MessageSocket::poll(Poco::Timespan const&, int mode)
{
    return (mode & Poco::Net::SocketImpl::SELECT_READ) ? available() > 0 : true;
}

void MessageSocket::close()
{
    if (m_returned.load(std::memory_order_acquire))
        return;
    auto const mailbox = m_mailbox;
    reset(); // the descriptor is the connection's
    m_returned.store(true, std::memory_order_release);
    mailbox->give_back(m_connection);
}

Poco::Net::SocketAddress MessageSocket::address()
{
    return gate_address();
}

void FedSocket::feed(Connection& connection, std::shared_ptr<Mailbox> const& mailbox)
{
    MutexLock lock(m_mutex);
    m_queue.push_back(new MessageSocket(connection, mailbox));
    m_fed.notify_one();
}

void FedSocket::end()
{
    MutexLock lock(m_mutex);
    m_ended = true;
    m_fed.notify_one();
}

bool FedSocket::poll(Poco::Timespan const& timeout, int)
{
    MutexLock lock(m_mutex);
    if (m_queue.empty())
        m_fed.wait_for(m_mutex, std::chrono::microseconds(m_ended ? 1000 : timeout.totalMicroseconds()));
    return !m_queue.empty();
}

Poco::Net::SocketImpl* FedSocket::acceptConnection(Poco::Net::SocketAddress&)
{
    MutexLock lock(m_mutex);
    if (m_queue.empty())
        throw Poco::Net::NetException("no message waits");
    auto* const socket = m_queue.front();
    m_queue.pop_front();
    return socket;
}

Poco::Net::SocketAddress FedSocket::address()
{
    return gate_address();
}

} // namespace staithe::http
