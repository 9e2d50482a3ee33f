// The Responder of a message that a worker has.
#pragma once

#include <Poco/Net/HTTPServerResponse.h>

#include "api/http/mailbox.hpp"
#include "api/http/message_body.hpp"
#include "api/http/reply.hpp"

namespace staithe::http {

/// [worker-thread], like the streams it gives.
class MessageResponder final : public Responder {
public:
    MessageResponder(
        Connection&, Poco::Net::HTTPServerResponse&, MessageBody&, std::shared_ptr<Mailbox> const& mailbox);
    void send(Reply) override;
    std::unique_ptr<Stream> stream(int status, std::string_view content_type) override;
    std::shared_ptr<Deferred> defer() override;
    std::shared_ptr<Feed> feed(int status, std::string_view content_type) override;
    Result<Hijacked> websocket() override;
    Result<Hijacked> hijack(std::string_view head) override;
    bool answered() const override { return m_answered; }

private:
    Close decide_close();

    Connection& m_connection;
    Poco::Net::HTTPServerResponse& m_response;
    MessageBody& m_body;
    std::shared_ptr<Mailbox> const& m_mailbox;
    bool m_answered = false;
};

} // namespace staithe::http
