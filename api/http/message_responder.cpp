#include "api/http/message_responder.hpp"

#include <sys/socket.h>

#include "api/http/deferred.hpp"
#include "api/http/feed.hpp"
#include "api/http/websocket_handshake.hpp"
#include "api/http/websocket_pump.hpp"

namespace staithe::http {

namespace {

    /// One write is one chunk and leaves at once; HTTP/1.0 gets the bare bytes until the connection closes.
    class ReplyStream final : public Responder::Stream {
    public:
        ReplyStream(Connection& connection, MessageBody& body, bool muted)
            : m_connection(connection)
            , m_body(body)
            , m_chunked(connection.head().minor == 1)
            , m_muted(muted)
        {
        }
        ~ReplyStream() override
        {
            if (m_failed)
                return;
            if (m_chunked && !m_muted && !push("0\r\n\r\n"))
                return;
            m_body.drain();
            bool const reusable = m_chunked && m_connection.is_reusable();
            m_connection.after = reusable ? Connection::After::KeepAlive : Connection::After::Linger;
        }
        Result<void> write(void const* from, size_t size) override
        {
            if (m_failed)
                return Error { STAITHE_UNAVAILABLE, 0, "the client is gone" };
            if (size == 0 || m_muted)
                return {};
            std::string_view const bytes(static_cast<char const*>(from), size);
            if (!m_chunked)
                return push(bytes);
            std::string chunk;
            put_chunk(chunk, bytes);
            return push(chunk);
        }
        void abort() override { m_failed = true; }

    private:
        Result<void> push(std::string_view bytes)
        {
            auto sent = send_all(m_connection.socket.get(), bytes, Clock::now() + m_connection.settings->body_timeout);
            m_failed = !sent;
            return sent;
        }

        Connection& m_connection;
        MessageBody& m_body;
        bool const m_chunked, m_muted;
        bool m_failed = false;
    };

} // namespace

MessageResponder::MessageResponder(Connection& connection, Poco::Net::HTTPServerResponse& response, MessageBody& body,
    std::shared_ptr<Mailbox> const& mailbox)
    : m_connection(connection)
    , m_response(response)
    , m_body(body)
    , m_mailbox(mailbox)
{
    // Until something is answered properly, giving the connection back ends it.
    m_connection.after = Connection::After::Drop;
}

Close MessageResponder::decide_close()
{
    m_body.drain();
    return m_connection.is_reusable() ? Close::No : Close::Yes;
}

void MessageResponder::send(Reply reply)
{
    if (std::exchange(m_answered, true))
        return;
    Close const close = decide_close();
    std::string text = reply_text(m_response, m_connection, reply, close);
    auto const sent = send_now(m_connection.socket.get(), text);
    if (!sent)
        return;
    // What the client does not take at once is the gate's business; no worker waits for it.
    m_connection.output = std::move(text);
    m_connection.output_sent = sent.value();
    m_connection.after = close == Close::Yes ? Connection::After::Linger : Connection::After::KeepAlive;
}

std::unique_ptr<Responder::Stream> MessageResponder::stream(int status, std::string_view content_type)
{
    m_answered = true;
    bool const closes =
        !m_connection.head().keep_alive || m_connection.head().minor == 0 || m_connection.match.route->hijacks;
    std::string const head =
        stream_head(m_response, m_connection, status, content_type, closes ? Close::Yes : Close::No);
    auto out = std::make_unique<ReplyStream>(m_connection, m_body, m_connection.head().method == "HEAD");
    if (!send_all(m_connection.socket.get(), head, Clock::now() + m_connection.settings->body_timeout))
        out->abort();
    return out;
}

std::shared_ptr<Deferred> MessageResponder::defer()
{
    m_answered = true;
    // Read to its end now, so that the connection can go on after the reply.
    m_body.drain();
    m_connection.after = Connection::After::Park;
    m_connection.deferred = std::make_shared<DeferredCore>(m_connection.id, m_mailbox);
    return std::make_shared<DeferredHandle>(m_connection.deferred);
}

std::shared_ptr<Feed> MessageResponder::feed(int status, std::string_view content_type)
{
    m_answered = true;
    bool const chunked = m_connection.head().minor == 1;
    Close const close = decide_close();
    m_connection.feed = std::make_shared<FeedCore>(m_connection.id, chunked, m_mailbox);
    auto handle = std::make_shared<FeedHandle>(m_connection.feed);
    std::string head = stream_head(m_response, m_connection, status, content_type, chunked ? close : Close::Yes);
    if (auto const sent = send_now(m_connection.socket.get(), head)) {
        m_connection.output = std::move(head);
        m_connection.output_sent = sent.value();
        m_connection.after = Connection::After::Feed;
    }
    return handle;
}

Result<Hijacked> MessageResponder::websocket()
{
    auto const outcome = answer_handshake(m_connection.head());
    if (outcome.refused) {
        auto const& [status, reason] = *outcome.refused;
        if (status == 426)
            send({ status, "text/plain; charset=utf-8", reason + "\n",
                { { "Sec-WebSocket-Version", "13" }, { "Upgrade", "websocket" }, { "Connection", "Upgrade" } } });
        return Error { status == 403 ? STAITHE_DENIED : STAITHE_INVALID, 0, reason };
    }
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return errno_error("cannot make a pair of sockets");
    UniqueFd ours(ends[0]), theirs(ends[1]);
    m_answered = true;
    auto const patience = m_connection.settings->body_timeout;
    STAITHE_TRY(send_all(m_connection.socket.get(), outcome.head, Clock::now() + patience));
    m_connection.pump = std::make_unique<WebSocketPump>(
        m_connection.socket.get(), std::exchange(m_connection.input, {}), std::move(ours), patience);
    m_connection.after = Connection::After::Pump;
    return Hijacked { std::move(theirs), {} };
}

Result<Hijacked> MessageResponder::hijack(std::string_view head)
{
    m_answered = true;
    STAITHE_TRY(send_all(m_connection.socket.get(), head, Clock::now() + m_connection.settings->body_timeout));
    Hijacked taken { STAITHE_TRY(m_connection.socket.duplicate()), std::move(m_connection.input) };
    m_connection.hijacked = true;
    m_connection.after = Connection::After::Hijacked;
    return taken;
}

} // namespace staithe::http
