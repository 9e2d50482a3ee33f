#include "tests/unit/daemon/network/world.hpp"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "daemon/network/link.hpp"
#include "daemon/network/sysctl.hpp"

namespace staithe::network {

namespace {

    constexpr int loopback_index = 1;

    sockaddr_in socket_name(std::string const& address, uint16_t port)
    {
        sockaddr_in name {};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr.s_addr = address.empty() ? 0 : Address::parse(address).value().network_order();
        return name;
    }

    UniqueFd bound_socket(bool udp_socket, std::string const& address, uint16_t port)
    {
        UniqueFd fd(::socket(AF_INET, (udp_socket ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
        int const on = 1;
        if (!udp_socket)
            ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        auto const name = socket_name(address, port);
        if (::bind(fd.get(), reinterpret_cast<sockaddr const*>(&name), sizeof name) != 0
            || (!udp_socket && ::listen(fd.get(), 16) != 0))
            fd.reset();
        return fd;
    }

    bool readable(int fd, int timeout_ms)
    {
        pollfd one { fd, POLLIN, 0 };
        return ::poll(&one, 1, timeout_ms) > 0;
    }

    std::string failure()
    {
        switch (errno) {
        case ECONNREFUSED: return "refused";
        case EHOSTUNREACH:
        case ENETUNREACH: return "unreachable";
        default: return "silence";
        }
    }

    std::string ask_here(
        bool udp_socket, std::string const& address, uint16_t port, uint16_t source_port, timeval limit)
    {
        UniqueFd const fd(::socket(AF_INET, (udp_socket ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        auto const own = socket_name("", source_port), name = socket_name(address, port);
        if (source_port != 0)
            ::bind(fd.get(), reinterpret_cast<sockaddr const*>(&own), sizeof own);
        if (::connect(fd.get(), reinterpret_cast<sockaddr const*>(&name), sizeof name) != 0)
            return failure();
        if (udp_socket && ::send(fd.get(), "?", 1, 0) < 0)
            return failure();
        char text[128];
        ssize_t const n = ::recv(fd.get(), text, sizeof text, 0);
        return n > 0 ? std::string(text, static_cast<size_t>(n)) : failure();
    }

} // namespace

void on_own_host(std::function<void()> const& test)
{
    bool allowed = false;
    std::thread([&] {
        allowed = ::unshare(CLONE_NEWNET) == 0;
        if (allowed)
            test();
    }).join();
    if (!allowed)
        BOOST_TEST_MESSAGE("skipped: this needs the right to make network namespaces");
}

void within(int name_space, std::function<void()> const& work)
{
    std::thread([&] {
        if (name_space >= 0)
            BOOST_REQUIRE(::setns(name_space, CLONE_NEWNET) == 0);
        work();
    }).join();
}

Server::Server(int name_space, std::string name, api::Protocol protocol, uint16_t port)
    : m_name(std::move(name))
    , m_udp(protocol == udp)
{
    within(name_space, [&] { m_socket = bound_socket(m_udp, "", port); });
    BOOST_REQUIRE_MESSAGE(m_socket, "server '" << m_name << "' cannot listen on " << port);
    m_thread = std::thread([this] {
        while (!m_stop) {
            if (!readable(m_socket.get(), 20))
                continue;
            sockaddr_in client {};
            socklen_t size = sizeof client;
            auto* const name_of_client = reinterpret_cast<sockaddr*>(&client);
            char text[16];
            auto const answer = [&] { return m_name + " for " + Address { ntohl(client.sin_addr.s_addr) }.text(); };
            if (m_udp) {
                ::recvfrom(m_socket.get(), text, sizeof text, 0, name_of_client, &size);
                auto const reply = answer();
                ::sendto(m_socket.get(), reply.data(), reply.size(), 0, name_of_client, size);
            } else {
                UniqueFd const connection(::accept4(m_socket.get(), name_of_client, &size, SOCK_CLOEXEC));
                auto const reply = answer();
                (void)!::write(connection.get(), reply.data(), reply.size());
            }
        }
    });
}

Server::~Server()
{
    m_stop = true;
    m_thread.join();
}

std::string ask(int name_space, api::Protocol protocol, std::string const& address, uint16_t port, uint16_t source_port,
    int seconds)
{
    std::string answer;
    within(name_space, [&] { answer = ask_here(protocol == udp, address, port, source_port, { seconds, 0 }); });
    return answer;
}

bool is_silent(int name_space, api::Protocol protocol, std::string const& address, uint16_t port, uint16_t source_port)
{
    std::string answer;
    within(name_space, [&] { answer = ask_here(protocol == udp, address, port, source_port, { 0, 700'000 }); });
    return answer == "silence";
}

bool can_listen(api::Protocol protocol, uint16_t port)
{
    return static_cast<bool>(bound_socket(protocol == udp, "", port));
}

std::string output_of(std::string const& command)
{
    std::string output;
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    char room[4096];
    for (size_t n; (n = ::fread(room, 1, sizeof room, pipe)) > 0;)
        output.append(room, n);
    ::pclose(pipe);
    return output;
}

bool has_program(std::string const& name)
{
    for (std::string const folder : { "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/" }) {
        if (std::filesystem::exists(folder + name))
            return true;
    }
    BOOST_TEST_MESSAGE("skipped: this needs the program '" + name + "'");
    return false;
}

World::World()
{
    char name[] = "/tmp/staithe-network-XXXXXX";
    directory = ::mkdtemp(name);
    store = store::Store::open(directory, contents).value();
    auto netlink = Netlink::open(NETLINK_ROUTE).value();
    BOOST_REQUIRE(set_up(netlink, loopback_index));
    name_spaces = NameSpaces::create().value();
    auto machine = name_spaces->take().value();
    auto const address = Subnet::parse("198.51.100.2/24").value();
    BOOST_REQUIRE(make_pair(netlink, { "uplink", 0, machine.fd.get(), address.address, false }));
    auto const uplink = find_interface(netlink, "uplink").value();
    BOOST_REQUIRE(add_address(netlink, uplink->index, Subnet::parse("198.51.100.1/24").value()));
    BOOST_REQUIRE(configure_eth0(machine.netlink, address, Address::parse("198.51.100.1").value()));
    outside = std::move(machine.fd);
    log.set_level(STAITHE_ERROR);
}

World::~World()
{
    network.reset();
    store.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
}

Network& World::start(Options options)
{
    network.reset();
    auto made = Network::create(std::move(options), *store, contents.settings, log);
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    network = std::move(made).value();
    return *network;
}

std::string id_of(int number)
{
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(number));
    return digits + std::string(56, 'a');
}

} // namespace staithe::network
