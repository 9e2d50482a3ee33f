// What Poco's server sees: sockets that yield one validated message each, fed by the gate instead of the kernel.
#pragma once

#include <atomic>
#include <deque>

#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <staithe/cpp/mutex.hpp>

#include "api/http/connection.hpp"
#include "api/http/mailbox.hpp"

namespace staithe::http {

/// A connection lent to a worker for the time of one message. Reading gives the head and then the end: bodies come from
/// BodyDecoder, because Poco's chunked stream takes a cut body for a complete one. Closing gives the connection back.
class MessageSocket final : public Poco::Net::StreamSocketImpl {
public:
    MessageSocket(Connection&, std::shared_ptr<Mailbox>);
    Connection& connection() { return m_connection; }
    std::shared_ptr<Mailbox> const& mailbox() const { return m_mailbox; }

    int receiveBytes(void* buffer, int length, int flags) override;
    int sendBytes(void const* buffer, int length, int flags) override;
    bool poll(Poco::Timespan const& timeout, int mode) override;
    int available() override;
    void close() override;
    void shutdown() override { }
    Poco::Net::SocketAddress address() override;
    Poco::Net::SocketAddress peerAddress() override { return address(); }
    void setSendTimeout(Poco::Timespan const&) override { }
    void setReceiveTimeout(Poco::Timespan const&) override { }
    void setRawOption(int, int, void const*, poco_socklen_t) override { }

protected:
    ~MessageSocket() override;

private:
    Connection& m_connection;
    std::shared_ptr<Mailbox> const m_mailbox; // shared with the gate; outlives it
    size_t m_given = 0;
    /// Orders what the worker did here before the destructor, which the accepting thread may run.
    std::atomic<bool> m_returned { false };
};

/// A listening socket whose connections come from the gate.
class FedSocket final : public Poco::Net::ServerSocketImpl {
public:
    void feed(Connection&, std::shared_ptr<Mailbox> const&); // [gate-thread]
    /// Makes the server's accept loop notice stop() at once instead of after its 250 ms.
    void end();

    Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress&) override;
    bool poll(Poco::Timespan const& timeout, int mode) override;
    Poco::Net::SocketAddress address() override;
    void close() override { }

private:
    Mutex m_mutex;
    CondVar m_fed;
    std::deque<MessageSocket*> m_queue GUARDED_BY(m_mutex);
    bool m_ended GUARDED_BY(m_mutex) = false;
};

} // namespace staithe::http
