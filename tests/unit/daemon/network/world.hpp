// A small internet for tests: a host in a network namespace of its own, an outside machine one hop away, and servers
// and clients that run wherever a test wants. Nothing outside these namespaces is touched.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "daemon/network/name_spaces.hpp"
#include "daemon/network/network.hpp"

namespace staithe::network {

/// Runs a test on a thread in a new network namespace, or skips it, with the reason, where that is not allowed.
void on_own_host(std::function<void()> const& test);

/// Runs something in a network namespace; -1: the caller's.
void within(int name_space, std::function<void()> const& work);

/// Answers every connection or datagram on a port with "NAME for ADDRESS", ADDRESS being the client's.
class Server {
public:
    Server(int name_space, std::string name, api::Protocol, uint16_t port);
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

private:
    UniqueFd m_socket;
    std::string const m_name;
    bool const m_udp;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

/// What a server said, or "refused", "unreachable", "silence" (after so many seconds). source_port: 0: any.
std::string ask(int name_space, api::Protocol, std::string const& address, uint16_t port, uint16_t source_port = 0,
    int seconds = 20);
/// Does nobody answer, for 0.7 seconds?
bool is_silent(int name_space, api::Protocol, std::string const& address, uint16_t port, uint16_t source_port = 0);

/// Is somebody else able to listen on the port of this host?
bool can_listen(api::Protocol, uint16_t port);

/// The output of a command; for looking at what the kernel has.
std::string output_of(std::string const& command);
bool has_program(std::string const& name);

/// 198.51.100.1 is the host, 198.51.100.2 the machine outside, which routes everything through the host.
struct World {
    World();
    ~World();

    /// Makes the network under test; again: what a daemon does when it comes back, with the same store.
    Network& start(Options = {});
    void stop() { network.reset(); }

    std::string directory; ///< of the store
    os::Log log;
    std::unique_ptr<store::Store> store;
    store::Contents contents;
    std::unique_ptr<NameSpaces> name_spaces;
    UniqueFd outside;
    std::unique_ptr<Network> network;
};

/// An id whose first digits are the number's.
std::string id_of(int number);

inline constexpr auto tcp = api::Protocol::Tcp, udp = api::Protocol::Udp;

} // namespace staithe::network
