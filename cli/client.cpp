#include "cli/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include <Poco/URI.h>

#include "cli/body.hpp"

namespace staithe::cli {

namespace {

    constexpr std::string_view api_prefix = "/v1.6";
    constexpr size_t answer_limit = 256 << 20;
    constexpr size_t error_limit = 64 << 10;
    constexpr size_t upload_chunk = 64 << 10;

    std::string request_head(
        Host const& host, std::string_view method, std::string const& path, std::string_view framing)
    {
        std::string head(method);
        head += ' ';
        if (!path.starts_with("/staithe/"))
            head += api_prefix;
        head += path;
        head += " HTTP/1.1\r\nHost: ";
        head += host.kind == Host::Kind::Unix ? "localhost" : host.text().substr(6);
        head += "\r\nUser-Agent: staithe/" STAITHE_VERSION "\r\n";
        head += framing;
        head += "\r\n";
        return head;
    }

    staithe_code code_of(int status)
    {
        switch (status) {
        case 400: return STAITHE_INVALID;
        case 401: return STAITHE_UNAUTHORIZED;
        case 403: return STAITHE_DENIED;
        case 404: return STAITHE_NOT_FOUND;
        case 406:
        case 409: return STAITHE_CONFLICT;
        case 503: return STAITHE_BUSY;
        default: return STAITHE_INTERNAL;
        }
    }

    Error api_error(int status, std::string message)
    {
        while (!message.empty() && (message.back() == '\n' || message.back() == '\r'))
            message.pop_back();
        if (message.empty())
            message = "the daemon answered with status " + std::to_string(status);
        return { code_of(status), 0, std::move(message) };
    }

    /// The head of a good answer; everything else becomes the daemon's error.
    Result<ReplyHead> good_head(Connection& connection)
    {
        auto const head = STAITHE_TRY(connection.read_head());
        if (head.status < 300)
            return head;
        return api_error(head.status, STAITHE_TRY(BodyReader(connection, head).read_all(error_limit)));
    }

    Result<void> receive_body(Connection& connection, ReplyHead const& head, Client::Receiver const& receiver)
    {
        BodyReader body(connection, head);
        std::string buffer(upload_chunk, '\0');
        while (size_t const n = STAITHE_TRY(body.read(buffer.data(), buffer.size())))
            STAITHE_TRY(receiver({ buffer.data(), n }));
        return {};
    }

    Result<void> send_chunk(Connection& connection, char const* data, size_t size)
    {
        char line[32];
        int const n = std::snprintf(line, sizeof line, "%zx\r\n", size);
        std::string chunk;
        chunk.reserve(size + 32);
        chunk.append(line, static_cast<size_t>(n)).append(data, size).append("\r\n");
        return connection.send(chunk);
    }

    Result<void> send_chunks(Connection& connection, int fd, std::function<void(uint64_t)> const& sent)
    {
        std::string buffer(upload_chunk, '\0');
        for (uint64_t total = 0;;) {
            pollfd fds[2] = { { fd, POLLIN, 0 }, { connection.fd(), 0, 0 } };
            if (::poll(fds, 2, -1) > 0 && fds[1].revents)
                return Error { STAITHE_UNAVAILABLE, 0, "the daemon stopped reading" };
            ssize_t const n = ::read(fd, buffer.data(), buffer.size());
            if (n < 0 && (errno == EINTR || errno == EAGAIN))
                continue;
            if (n < 0)
                return errno_error("cannot read the archive");
            if (n == 0)
                return connection.send("0\r\n\r\n");
            STAITHE_TRY(send_chunk(connection, buffer.data(), static_cast<size_t>(n)));
            sent(total += static_cast<uint64_t>(n));
        }
    }

} // namespace

std::string query(std::vector<std::pair<std::string, std::string>> const& parameters)
{
    std::string out;
    for (auto const& [key, value] : parameters) {
        out += out.empty() ? '?' : '&';
        out += key + "=";
        Poco::URI::encode(value, "?#/&=+:;@", out);
    }
    return out;
}

std::string path_segment(std::string_view name)
{
    std::string out;
    name.remove_prefix(name.starts_with('/') ? 1 : 0); // as inspect writes it
    Poco::URI::encode(std::string(name), "?#&=+;@", out);
    return out;
}

Result<Connection> Client::ask(std::string_view method, std::string const& path, std::string const& json) const
{
    std::string framing;
    if (!json.empty())
        framing = "Content-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) + "\r\n";
    else if (method == "POST")
        framing = "Content-Type: plain/text\r\nContent-Length: 0\r\n";
    auto connection = STAITHE_TRY(Connection::open(m_host));
    STAITHE_TRY(connection.send(request_head(m_host, method, path, framing) + json));
    return connection;
}

Result<std::string> Client::call(std::string_view method, std::string const& path, std::string const& json) const
{
    auto connection = STAITHE_TRY(ask(method, path, json));
    auto const head = STAITHE_TRY(good_head(connection));
    return BodyReader(connection, head).read_all(answer_limit);
}

Result<void> Client::stream(
    std::string_view method, std::string const& path, std::string const& json, Receiver const& receiver) const
{
    auto connection = STAITHE_TRY(ask(method, path, json));
    auto const head = STAITHE_TRY(good_head(connection));
    return receive_body(connection, head, receiver);
}

Result<void> Client::upload(
    std::string const& path, int fd, std::function<void(uint64_t)> const& sent, Receiver const& answer) const
{
    std::string_view const framing = fd < 0 ? "Content-Type: plain/text\r\nContent-Length: 0\r\n"
                                            : "Content-Type: application/tar\r\nTransfer-Encoding: chunked\r\n";
    auto connection = STAITHE_TRY(Connection::open(m_host));
    STAITHE_TRY(connection.send(request_head(m_host, "POST", path, framing)));

    Result<void> outcome;
    std::thread sender([&] {
        if (fd >= 0)
            outcome = send_chunks(connection, fd, sent);
        // A body that could not be read must not look complete: the daemon sees the cut, and answers or closes.
        if (!outcome)
            connection.half_close();
    });
    auto const received = [&]() -> Result<void> {
        auto const head = STAITHE_TRY(good_head(connection));
        return receive_body(connection, head, answer);
    }();
    // An early answer leaves the sender waiting in send() or in poll(); this wakes it.
    ::shutdown(connection.fd(), SHUT_RDWR);
    sender.join();
    if (!outcome && outcome.error().code != STAITHE_UNAVAILABLE)
        return outcome;
    return received;
}

Result<Connection> Client::attach(std::string const& path) const
{
    auto connection = STAITHE_TRY(ask("POST", path, {}));
    STAITHE_TRY(good_head(connection));
    return connection;
}

} // namespace staithe::cli
