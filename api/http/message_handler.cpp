#include "api/http/message_handler.hpp"

#include <staithe/host.h>

#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/StreamSocket.h>

#include "api/http/message_body.hpp"
#include "api/http/message_responder.hpp"
#include "api/http/message_socket.hpp"

namespace staithe::http {

namespace {

    class MessageRequest final : public Request {
    public:
        MessageRequest(Connection const& connection, Source& source)
            : m_socket(connection.socket.get())
        {
            method = connection.head().method;
            path = connection.match.path;
            name = connection.match.name;
            version = connection.match.version;
            has_version = connection.match.has_version;
            query = connection.target.query;
            headers = connection.head().fields;
            listener = connection.listener;
            id = next_id();
            body = &source;
            has_body = !connection.match.route->hijacks
                && (connection.head().framing == Framing::Chunked || connection.head().length > 0);
        }
        bool client_gone() const override { return is_gone(m_socket); }

    private:
        static std::string next_id()
        {
            static std::string const boot = std::to_string(
                std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                    .count());
            static std::atomic<uint64_t> counter { 0 };
            return boot + "-" + std::to_string(++counter);
        }

        int const m_socket;
    };

    void answer_failure(MessageResponder& responder, Connection const& connection, std::string_view what)
    {
        if (connection.settings->log)
            connection.settings->log(STAITHE_ERROR,
                connection.head().method + " " + connection.match.path + ": handler threw: " + std::string(what));
        if (!responder.answered())
            responder.send({ 500, "text/plain; charset=utf-8", "internal error\n", {} });
    }

} // namespace

void MessageHandler::handleRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response)
{
    auto& from = static_cast<Poco::Net::HTTPServerRequestImpl&>(request);
    auto& socket = static_cast<MessageSocket&>(*from.socket().impl());
    Connection& connection = socket.connection();
    MessageBody body(connection);
    MessageRequest ours(connection, body);
    MessageResponder responder(connection, response, body, socket.mailbox());
    try {
        connection.match.route->handler(ours, responder);
        if (!responder.answered())
            responder.send({});
    } catch (std::exception const& e) {
        answer_failure(responder, connection, e.what());
    } catch (...) {
        answer_failure(responder, connection, "something that is not an exception");
    }
}

} // namespace staithe::http
