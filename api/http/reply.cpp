#include "api/http/reply.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include <Poco/Timestamp.h>

namespace staithe::http {

namespace {

    using Poco::Net::HTTPResponse;

    /// Nothing that a handler puts into a header can start another one.
    std::string one_line(std::string_view value)
    {
        std::string out(value);
        std::replace_if(
            out.begin(), out.end(),
            [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }, ' ');
        return out;
    }

    void set_connection(HTTPResponse& response, int minor, Close close)
    {
        response.erase(HTTPResponse::CONNECTION);
        if (close == Close::Yes)
            response.set(HTTPResponse::CONNECTION, "close");
        else if (minor == 0)
            response.set(HTTPResponse::CONNECTION, "keep-alive");
    }

    void set_common(HTTPResponse& response, Connection const& connection, int status, Close close)
    {
        response.setStatusAndReason(static_cast<HTTPResponse::HTTPStatus>(status));
        response.setVersion(connection.head().minor ? HTTPResponse::HTTP_1_1 : HTTPResponse::HTTP_1_0);
        response.set("Server", connection.settings->server_name);
        set_connection(response, connection.head().minor, close);
        if (!connection.settings->cors || !connection.match.handled)
            return;
        response.set("Access-Control-Allow-Origin", "*");
        response.set("Access-Control-Allow-Headers", "Origin, X-Requested-With, Content-Type, Accept");
        response.set("Access-Control-Allow-Methods", "GET, POST, DELETE, PUT, OPTIONS");
    }

    std::string text_of(HTTPResponse const& response, std::string_view body)
    {
        std::ostringstream out;
        response.write(out);
        std::string text = out.str();
        text.append(body);
        return text;
    }

} // namespace

std::string reply_text(HTTPResponse& response, Connection const& connection, Reply const& reply, Close close)
{
    if (!response.has(HTTPResponse::DATE))
        response.setDate(Poco::Timestamp());
    set_common(response, connection, reply.status, close);
    response.setContentType(one_line(reply.content_type));
    response.setContentLength64(static_cast<Poco::Int64>(reply.body.size()));
    for (auto const& [name, value] : reply.headers)
        response.set(one_line(name), one_line(value));
    bool const bodiless = connection.head().method == "HEAD" || reply.status == 204 || reply.status == 304;
    if (reply.status == 204)
        response.setContentLength64(0);
    return text_of(response, bodiless ? std::string_view() : std::string_view(reply.body));
}

std::string stream_head(
    HTTPResponse& response, Connection const& connection, int status, std::string_view type, Close close)
{
    set_common(response, connection, status, close);
    response.setContentType(one_line(type));
    if (connection.head().minor)
        response.setChunkedTransferEncoding(true);
    return text_of(response, {});
}

std::string refusal_text(Settings const& settings, Refusal const& refusal, std::string_view method)
{
    HTTPResponse response(HTTPResponse::HTTP_1_1, static_cast<HTTPResponse::HTTPStatus>(refusal.status),
        HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(refusal.status)));
    std::string const body = refusal.reason + "\n";
    response.setDate(Poco::Timestamp());
    response.set("Server", settings.server_name);
    response.setContentType("text/plain; charset=utf-8");
    response.setContentLength64(static_cast<Poco::Int64>(body.size()));
    response.set(HTTPResponse::CONNECTION, "close");
    return text_of(response, method == "HEAD" ? std::string_view() : std::string_view(body));
}

void put_chunk(std::string& out, std::string_view bytes)
{
    char digits[16];
    auto const end = std::to_chars(digits, digits + sizeof digits, bytes.size(), 16).ptr;
    out.append(digits, end).append("\r\n").append(bytes).append("\r\n");
}

Result<size_t> send_now(int socket, std::string_view bytes)
{
    size_t sent = 0;
    while (sent < bytes.size()) {
        ssize_t const n = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0 && errno != EINTR)
            return errno_error("cannot send to the client");
        if (n > 0)
            sent += static_cast<size_t>(n);
    }
    return sent;
}

Result<void> send_all(int socket, std::string_view bytes, Clock::time_point deadline)
{
    for (;;) {
        bytes.remove_prefix(STAITHE_TRY(send_now(socket, bytes)));
        if (bytes.empty())
            return {};
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0)
            return Error { STAITHE_CANCELLED, 0, "the client does not read" };
        pollfd waiting { socket, POLLOUT, 0 };
        if (::poll(&waiting, 1, static_cast<int>(left)) < 0 && errno != EINTR)
            return errno_error("cannot wait for the client");
    }
}

bool is_gone(int socket)
{
    pollfd state { socket, 0, 0 };
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR));
}

} // namespace staithe::http
