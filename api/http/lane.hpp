// One Poco HTTPServer with its own bounded threads. Short requests and uploads have a lane each, so that neither can
// starve the other.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <Poco/Net/HTTPServer.h>
#include <Poco/ThreadPool.h>

#include "api/http/message_socket.hpp"

namespace staithe::http {

class Lane {
public:
    Lane(std::string const& name, size_t threads, std::shared_ptr<Mailbox>);
    ~Lane();
    void start();
    /// Lets handlers under way finish, however long they take.
    void stop();
    /// Ends threads that rest; for when nothing has been submitted for a moment. [gate-thread]
    void rest() { m_threads.collect(); }
    void submit(Connection& connection) { m_feed->feed(connection, m_mailbox); } // [gate-thread]

private:
    std::shared_ptr<Mailbox> const m_mailbox; // shared with the gate
    FedSocket* m_feed; // owned by m_server's socket
    Poco::ThreadPool m_threads;
    std::unique_ptr<Poco::Net::HTTPServer> m_server;
};

} // namespace staithe::http
