#include "tests/unit/cli/fake_daemon.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <stdexcept>

namespace staithe::test {

namespace {

    std::string read_some(int fd)
    {
        char buffer[65536];
        ssize_t const n = ::recv(fd, buffer, sizeof buffer, 0);
        return n > 0 ? std::string(buffer, static_cast<size_t>(n)) : std::string();
    }

    bool more(int fd, std::string& text)
    {
        auto const part = read_some(fd);
        text += part;
        return !part.empty();
    }

    std::string read_chunks(int fd, std::string text)
    {
        std::string body;
        for (;;) {
            size_t end;
            while ((end = text.find("\r\n")) == text.npos) {
                if (!more(fd, text))
                    return body + "<cut>";
            }
            size_t const size = std::stoul(text.substr(0, end), nullptr, 16);
            while (text.size() < end + 2 + size + 2) {
                if (!more(fd, text))
                    return body + "<cut>";
            }
            if (size == 0)
                return body;
            body += text.substr(end + 2, size);
            text.erase(0, end + 2 + size + 2);
        }
    }

    std::string read_length(int fd, std::string text, size_t size)
    {
        while (text.size() < size && more(fd, text)) { }
        return text;
    }

} // namespace

FakeDaemon::FakeDaemon()
{
    char pattern[] = "/tmp/staithe-cli-XXXXXX";
    if (!::mkdtemp(pattern))
        throw std::runtime_error("mkdtemp");
    m_directory = pattern;
    m_path = m_directory + "/sock";
    m_listener.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::copy(m_path.begin(), m_path.end(), address.sun_path);
    if (::bind(m_listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0
        || ::listen(m_listener.get(), 16) < 0)
        throw std::runtime_error("listen");
    m_thread = std::thread([this] { accept_loop(); });
}

FakeDaemon::~FakeDaemon()
{
    ::shutdown(m_listener.get(), SHUT_RDWR);
    m_thread.join();
    for (auto& worker : m_workers)
        worker.join();
    std::filesystem::remove_all(m_directory);
}

void FakeDaemon::answer(std::string const& line, int status, std::string const& body)
{
    script(line, [=](int fd, Request const&) { send(fd, reply(status, body)); });
}

void FakeDaemon::script(std::string const& line, Script script)
{
    MutexLock const lock(m_mutex);
    m_scripts[line] = std::move(script);
}

void FakeDaemon::accept_loop()
{
    for (;;) {
        int const fd = ::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0)
            return;
        m_workers.emplace_back([this, fd] { serve(fd); });
    }
}

void FakeDaemon::serve(int raw)
{
    UniqueFd const fd(raw);
    std::string text;
    size_t end;
    while ((end = text.find("\r\n\r\n")) == text.npos) {
        if (!more(fd.get(), text))
            return;
    }
    Request request;
    request.head = text.substr(0, end + 2);
    request.line = request.head.substr(0, request.head.find(" HTTP/1.1"));
    auto rest = text.substr(end + 4);
    auto const length = request.head.find("Content-Length: ");
    bool const hijack = request.line.find("/attach?") != request.line.npos;
    if (m_read_body && request.head.find("Transfer-Encoding: chunked") != request.head.npos)
        request.body = read_chunks(fd.get(), std::move(rest));
    else if (length != request.head.npos && !hijack)
        request.body = read_length(fd.get(), std::move(rest), std::stoul(request.head.substr(length + 16)));
    Script script = [](int to, Request const&) { send(to, reply(404, "404 page not found\n")); };
    {
        MutexLock const lock(m_mutex);
        m_requests.push_back(request);
        m_arrived.notify_all();
        auto const found = m_scripts.find(request.line.substr(0, request.line.find('?')));
        if (found != m_scripts.end())
            script = found->second;
    }
    script(fd.get(), request);
}

std::vector<std::string> FakeDaemon::lines()
{
    MutexLock const lock(m_mutex);
    std::vector<std::string> all;
    for (auto const& request : m_requests)
        all.push_back(request.line);
    return all;
}

std::string FakeDaemon::body_of(std::string const& line)
{
    MutexLock const lock(m_mutex);
    for (auto const& request : m_requests) {
        if (request.line.starts_with(line))
            return request.body;
    }
    return "<no such request>";
}

void FakeDaemon::wait_for(std::string const& line)
{
    MutexLock const lock(m_mutex);
    for (;;) {
        for (auto const& request : m_requests) {
            if (request.line.starts_with(line))
                return;
        }
        m_arrived.wait(m_mutex);
    }
}

void FakeDaemon::send(int fd, std::string const& bytes)
{
    for (size_t sent = 0; sent < bytes.size();) {
        ssize_t const n = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        sent += static_cast<size_t>(n);
    }
}

std::string FakeDaemon::reply(int status, std::string const& body)
{
    auto const length = status == 204 ? 0 : body.size();
    return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\nContent-Length: "
        + std::to_string(length) + "\r\n\r\n" + body.substr(0, length);
}

std::string FakeDaemon::frame(int stream, std::string const& payload)
{
    std::string head(8, '\0');
    head[0] = static_cast<char>(stream);
    for (size_t i = 0; i < 4; ++i)
        head[4 + i] = static_cast<char>(payload.size() >> (24 - 8 * i));
    return head + payload;
}

std::string FakeDaemon::read_to_end(int fd)
{
    std::string all;
    while (more(fd, all)) { }
    return all;
}

} // namespace staithe::test
