#include "api/http/lane.hpp"

#include <limits>

#include "api/http/message_handler.hpp"

namespace staithe::http {

namespace {

    constexpr int rest_seconds = 1; // after which rest() ends a thread without work

    class FedServerSocket : public Poco::Net::ServerSocket {
    public:
        explicit FedServerSocket(FedSocket* feed)
            : ServerSocket(feed, true)
        {
        }
    };

    Poco::Net::HTTPServerParams::Ptr parameters(size_t threads)
    {
        Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
        params->setMaxThreads(static_cast<int>(threads));
        params->setMaxQueued(std::numeric_limits<int>::max()); // the gate bounds the connections
        params->setKeepAlive(false); // one message per MessageSocket; the gate keeps the connection
        // A thread that begins to wait just as the server stops sleeps this long; the default is ten seconds.
        params->setThreadIdleTime(Poco::Timespan(0, 500'000));
        return params;
    }

} // namespace

Lane::Lane(std::string const& name, size_t threads, std::shared_ptr<Mailbox> mailbox)
    : m_mailbox(std::move(mailbox))
    , m_feed(new FedSocket)
    // One at rest; twice as many at most: a thread counts as free in the dispatcher before the pool has it back, and a
    // refused start would lose the request.
    , m_threads(name, 1, static_cast<int>(threads) * 2 + 2, rest_seconds)
    , m_server(std::make_unique<Poco::Net::HTTPServer>(
          new MessageHandlerFactory, m_threads, FedServerSocket(m_feed), parameters(threads)))
{
}

Lane::~Lane() = default;

void Lane::start()
{
    m_server->start();
}

void Lane::stop()
{
    m_feed->end();
    m_server->stop();
    m_threads.joinAll();
}

} // namespace staithe::http
