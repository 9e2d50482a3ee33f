#include "cli/connection.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>

namespace staithe::cli {

namespace {

    constexpr size_t read_size = 64 << 10;
    constexpr size_t head_limit = 64 << 10;

    std::string next_step(Host const& host, int error)
    {
        if (host.kind == Host::Kind::Tcp)
            return "is the address right? the host is chosen by -H, STAITHE_HOST or DOCKER_HOST";
        if (error == EACCES || error == EPERM)
            return "are you root or a member of the socket's group? try: sudo staithe …, or: ls -l " + host.path;
        return "is staithed running? try: systemctl start staithe";
    }

    Error unreachable(Host const& host, int error, std::string const& cause)
    {
        auto const code = error == EACCES || error == EPERM ? STAITHE_DENIED : STAITHE_UNAVAILABLE;
        return { code, error,
            "cannot reach the daemon at " + host.text() + ": " + cause + "\n  " + next_step(host, error) };
    }

    Error unreachable(Host const& host, int error)
    {
        char buffer[128];
        return unreachable(host, error, strerror_r(error, buffer, sizeof buffer));
    }

    Result<UniqueFd> connect_unix(Host const& host)
    {
        UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!fd)
            return errno_error("cannot make a socket");
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        std::copy(host.path.begin(), host.path.end(), address.sun_path);
        if (::connect(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) < 0)
            return unreachable(host, errno);
        return fd;
    }

    Result<UniqueFd> connect_tcp(Host const& host)
    {
        addrinfo hints {};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        if (int const rc = ::getaddrinfo(host.name.c_str(), host.port.c_str(), &hints, &found); rc != 0)
            return unreachable(host, 0, ::gai_strerror(rc));
        std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const list(found, ::freeaddrinfo);
        int error = ENOENT;
        for (auto const* a = list.get(); a; a = a->ai_next) {
            UniqueFd fd(::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol));
            if (fd && ::connect(fd.get(), a->ai_addr, a->ai_addrlen) == 0) {
                int const on = 1;
                ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                return fd;
            }
            error = errno;
        }
        return unreachable(host, error);
    }

    Error cut_short()
    {
        return { STAITHE_IO, 0, "the daemon closed the connection before its answer was complete" };
    }

    Result<ReplyHead> parse_head(std::string const& text)
    {
        try {
            std::istringstream in(text);
            Poco::Net::HTTPResponse response;
            response.read(in);
            ReplyHead head;
            head.status = response.getStatus();
            head.chunked = response.getChunkedTransferEncoding();
            if (!head.chunked && response.hasContentLength()) {
                auto const length = response.getContentLength64();
                if (length < 0)
                    return Error { STAITHE_CORRUPT, 0, "the daemon's answer has an impossible length" };
                head.length = static_cast<uint64_t>(length);
            }
            return head;
        } catch (Poco::Exception const&) {
            return Error { STAITHE_CORRUPT, 0, "the other side does not speak HTTP; is this a staithed socket?" };
        }
    }

} // namespace

Result<Connection> Connection::open(Host const& host)
{
    return Connection(STAITHE_TRY(host.kind == Host::Kind::Unix ? connect_unix(host) : connect_tcp(host)));
}

Result<void> Connection::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        ssize_t const n = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno_error("cannot send to the daemon");
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    return {};
}

Result<size_t> Connection::receive(char* into, size_t capacity)
{
    if (m_given < m_read.size()) {
        size_t const n = std::min(capacity, m_read.size() - m_given);
        std::copy_n(m_read.data() + m_given, n, into);
        m_given += n;
        return n;
    }
    for (;;) {
        ssize_t const n = ::recv(m_socket.get(), into, capacity, 0);
        if (n >= 0)
            return static_cast<size_t>(n);
        if (errno != EINTR)
            return errno_error("cannot read from the daemon");
    }
}

Result<void> Connection::fill()
{
    m_read.erase(0, std::exchange(m_given, 0));
    size_t const size = m_read.size();
    m_read.resize(size + read_size);
    for (;;) {
        ssize_t const n = ::recv(m_socket.get(), m_read.data() + size, read_size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        m_read.resize(size + static_cast<size_t>(std::max<ssize_t>(n, 0)));
        if (n < 0)
            return errno_error("cannot read from the daemon");
        return n == 0 ? Result<void>(cut_short()) : Result<void>();
    }
}

Result<ReplyHead> Connection::read_head()
{
    for (;;) {
        auto const end = m_read.find("\r\n\r\n", m_given);
        if (end == m_read.npos) {
            if (m_read.size() - m_given > head_limit)
                return Error { STAITHE_RANGE, 0, "the head of the daemon's answer does not end" };
            STAITHE_TRY(fill());
            continue;
        }
        auto const head = STAITHE_TRY(parse_head(m_read.substr(m_given, end + 4 - m_given)));
        m_given = end + 4;
        if (head.status >= 200 || head.status == 101)
            return head;
    }
}

Result<std::string> Connection::read_line(size_t limit)
{
    for (;;) {
        auto const end = m_read.find("\r\n", m_given);
        if (end != m_read.npos) {
            std::string line = m_read.substr(m_given, end - m_given);
            m_given = end + 2;
            return line;
        }
        if (m_read.size() - m_given > limit)
            return Error { STAITHE_CORRUPT, 0, "a line of the daemon's answer does not end" };
        STAITHE_TRY(fill());
    }
}

void Connection::half_close()
{
    ::shutdown(m_socket.get(), SHUT_WR);
}

} // namespace staithe::cli
