// SPDX-License-Identifier: Apache-2.0
//
// Run inside a container: one end of a conversation, as the network tests need it. Every answer is one line: the
// server's name (PEER_NAME) and the address that it was asked from.
//
//     staithe-peer serve tcp:80 udp:53 …       answers for ever; prints "ready"
//     staithe-peer ask tcp|udp ADDRESS PORT    prints the answer; 1 if none came within two seconds
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Door {
    int socket;
    bool stream;
};

[[noreturn]] void fail(char const* what)
{
    std::perror(what);
    std::exit(1);
}

sockaddr_in address(char const* text, int port)
{
    sockaddr_in result {};
    result.sin_family = AF_INET;
    result.sin_port = htons(static_cast<uint16_t>(port));
    if (inet_pton(AF_INET, text, &result.sin_addr) != 1)
        fail(text);
    return result;
}

sockaddr* as_sockaddr(sockaddr_in& a)
{
    return reinterpret_cast<sockaddr*>(&a);
}

std::string answer_to(sockaddr_in const& client)
{
    char const* const name = std::getenv("PEER_NAME");
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &client.sin_addr, text, sizeof text);
    return std::string(name ? name : "peer") + " " + text + "\n";
}

Door open_door(std::string const& word)
{
    bool const stream = word.starts_with("tcp:");
    Door const door { socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, 0), stream };
    int const one = 1;
    setsockopt(door.socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    auto here = address("0.0.0.0", std::atoi(word.c_str() + 4));
    if (bind(door.socket, as_sockaddr(here), sizeof here) != 0 || (stream && listen(door.socket, 128) != 0))
        fail("bind");
    return door;
}

void answer(Door const& door)
{
    sockaddr_in client {};
    socklen_t size = sizeof client;
    if (!door.stream) {
        char question[1500];
        if (recvfrom(door.socket, question, sizeof question, 0, as_sockaddr(client), &size) < 0)
            return;
        auto const text = answer_to(client);
        sendto(door.socket, text.data(), text.size(), 0, as_sockaddr(client), size);
        return;
    }
    int const connection = accept(door.socket, as_sockaddr(client), &size);
    if (connection < 0)
        return;
    auto const text = answer_to(client);
    if (write(connection, text.data(), text.size()) < 0)
        std::perror("write");
    close(connection);
}

[[noreturn]] void serve(std::vector<std::string> const& words)
{
    std::vector<Door> doors;
    std::vector<pollfd> waiting;
    for (auto const& word : words) {
        doors.push_back(open_door(word));
        waiting.push_back({ doors.back().socket, POLLIN, 0 });
    }
    std::puts("ready");
    std::fflush(stdout);
    for (;;) {
        poll(waiting.data(), waiting.size(), -1);
        for (size_t i = 0; i < doors.size(); ++i)
            if (waiting[i].revents)
                answer(doors[i]);
    }
}

int ask(bool stream, sockaddr_in server)
{
    int const connection = socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
    timeval const limit { 2, 0 };
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(connection, as_sockaddr(server), sizeof server) != 0)
        fail("connect");
    if (!stream && send(connection, "?", 1, 0) != 1)
        fail("send");
    char text[256];
    ssize_t const size = recv(connection, text, sizeof text, 0);
    if (size <= 0)
        fail("recv");
    std::fwrite(text, 1, static_cast<size_t>(size), stdout);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    (void)std::signal(SIGTERM, [](int) { _exit(0); });
    std::vector<std::string> const words(argv + 1, argv + argc);
    if (words.size() >= 2 && words[0] == "serve")
        serve({ words.begin() + 1, words.end() });
    if (words.size() == 4 && words[0] == "ask")
        return ask(words[1] == "tcp", address(argv[3], std::atoi(argv[4])));
    std::fputs("usage: staithe-peer serve tcp:PORT|udp:PORT … | ask tcp|udp ADDRESS PORT\n", stderr);
    return 2;
}
