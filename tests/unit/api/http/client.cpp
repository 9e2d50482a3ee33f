#include "tests/unit/api/http/client.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <stdexcept>

namespace staithe::http::test {

Client::Client(std::string const& address)
{
    timeval const patience { 20, 0 };
    sockaddr_un local {};
    sockaddr_in remote {};
    bool const tcp = address.starts_with("tcp://");
    local.sun_family = AF_UNIX;
    remote.sin_family = AF_INET;
    if (tcp) {
        remote.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
        remote.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        std::memcpy(local.sun_path, address.data(), address.size());
    }
    m_socket = UniqueFd(::socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    auto const* const to = tcp ? reinterpret_cast<sockaddr const*>(&remote) : reinterpret_cast<sockaddr const*>(&local);
    if (::connect(m_socket.get(), to, tcp ? sizeof remote : sizeof local) != 0)
        throw std::runtime_error("cannot connect to " + address + ": " + std::strerror(errno));
}

Client::Client(UniqueFd socket)
    : m_socket(std::move(socket))
{
    ::fcntl(m_socket.get(), F_SETFL, ::fcntl(m_socket.get(), F_GETFL) & ~O_NONBLOCK);
}

bool Client::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        ssize_t const n = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
}

void Client::half_close()
{
    ::shutdown(m_socket.get(), SHUT_WR);
}

bool Client::fill()
{
    char buffer[65536];
    ssize_t const n = ::recv(m_socket.get(), buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN)
        throw std::runtime_error("the server is silent");
    if (n <= 0)
        return false;
    m_input.append(buffer, static_cast<size_t>(n));
    return true;
}

std::string Client::take(size_t size)
{
    std::string out = m_input.substr(0, size);
    m_input.erase(0, size);
    return out;
}

std::string Client::receive_some(size_t size)
{
    while (m_input.size() < size && fill()) { }
    return take(size);
}

std::string Client::take_line()
{
    while (m_input.find("\r\n") == std::string::npos)
        if (!fill())
            return {};
    std::string line = take(m_input.find("\r\n") + 2);
    line.resize(line.size() - 2);
    return line;
}

Answer Client::receive(std::string_view method)
{
    Answer answer;
    while (m_input.find("\r\n\r\n") == std::string::npos)
        if (!fill())
            return answer;
    answer.head = take(m_input.find("\r\n\r\n") + 4);
    answer.chunked = answer.has("Transfer-Encoding: chunked");
    auto const length = answer.head.find("Content-Length: ");
    answer.status = std::stoi(answer.head.substr(9, 3));
    if (method == "HEAD")
        return answer;
    if (answer.chunked) {
        for (size_t size; (size = std::stoul("0" + take_line(), nullptr, 16)) > 0; ++answer.chunks) {
            while (m_input.size() < size + 2 && fill()) { }
            answer.body += take(size);
            take(2);
        }
        take_line();
    } else if (length != std::string::npos) {
        size_t const size = std::stoul(answer.head.substr(length + 16));
        while (m_input.size() < size && fill()) { }
        answer.body = take(size);
    } else {
        answer.body = receive_all();
    }
    return answer;
}

std::string Client::receive_all()
{
    while (fill()) { }
    return take(m_input.size());
}

bool Client::is_closed()
{
    return receive_all().empty();
}

} // namespace staithe::http::test
