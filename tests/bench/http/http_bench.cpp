// Requests per second of GET /version over keep-alive connections: `staithe-http-bench [connections] [seconds]`.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "api/http/server.hpp"

using namespace staithe;
using namespace staithe::http;

namespace {

constexpr std::string_view request = "GET /v1.6/version HTTP/1.1\r\nHost: \r\nUser-Agent: bench\r\n\r\n";

UniqueFd connect_to(std::string const& path)
{
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        std::exit(1);
    return fd;
}

void ask(int fd)
{
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        std::exit(1);
}

/// One thread that keeps every connection busy with one request each.
long run_clients(std::string const& path, size_t connections, std::chrono::seconds span)
{
    std::vector<UniqueFd> sockets;
    std::vector<pollfd> waiting;
    for (size_t i = 0; i < connections; ++i) {
        sockets.push_back(connect_to(path));
        waiting.push_back({ sockets.back().get(), POLLIN, 0 });
        ask(sockets.back().get());
    }
    long replies = 0;
    char buffer[4096];
    auto const end = std::chrono::steady_clock::now() + span;
    while (std::chrono::steady_clock::now() < end) {
        ::poll(waiting.data(), waiting.size(), 1000);
        for (auto const& entry : waiting) {
            if (!(entry.revents & POLLIN))
                continue;
            if (::recv(entry.fd, buffer, sizeof buffer, 0) <= 0)
                std::exit(1);
            ++replies;
            ask(entry.fd);
        }
    }
    return replies;
}

} // namespace

int main(int argc, char** argv)
{
    size_t const connections = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 8;
    std::chrono::seconds const span(argc > 2 ? std::strtol(argv[2], nullptr, 10) : 3);
    char directory[] = "/tmp/staithe-bench-XXXXXX";
    if (!::mkdtemp(directory))
        return 1;
    std::string const path = std::string(directory) + "/s";
    Router router({ { 1, 0 }, { 1, 6 } });
    router.add({ "GET", "/version", [](Request&, Responder& responder) {
                    responder.send({ 200, "application/json", R"({"Version":"0.1.0","GoVersion":""})", {} });
                } });
    ServerOptions options;
    options.listen = { "unix://" + path };
    auto server = Server::create(std::move(options), std::move(router));
    if (!server || !server.value()->start())
        return 1;
    long const replies = run_clients(path, connections, span);
    std::printf("%zu connections: %ld requests/s\n", connections, replies / static_cast<long>(span.count()));
    server.value()->stop(std::chrono::milliseconds(0));
    ::rmdir(directory);
    return 0;
}
