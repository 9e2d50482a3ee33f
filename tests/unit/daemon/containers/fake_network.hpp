// A network in memory: addresses count up, ports are checked, and what was given is given back.
#pragma once

#include <fcntl.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/network/network.hpp"

namespace staithe::doubles {

class FakeNetwork final : public network::Network {
public:
    bool enabled() const override { return is_enabled; }
    std::string bridge() const override { return "staithe0"; }

    Result<network::Endpoint> connect(
        std::string const& container, std::vector<network::PortRequest> const& requests) override
    {
        std::lock_guard lock(mutex);
        network::Endpoint endpoint;
        endpoint.name_space.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        endpoint.state = { "10.0.0." + std::to_string(++last), "10.0.0.254", "staithe0", 24, {} };
        for (auto const& request : requests) {
            uint16_t const port = request.host_port ? request.host_port : next_port++;
            for (auto const& [id, state] : connected)
                for (auto const& used : state.ports)
                    if (used.host_port == port)
                        return Error { STAITHE_CONFLICT, 0, "Port already in use: " + std::to_string(port) };
            endpoint.state.ports.push_back({ request.protocol, request.container_port,
                request.host_ip.empty() ? "0.0.0.0" : request.host_ip, port });
        }
        connected[container] = endpoint.state;
        return endpoint;
    }
    void disconnect(std::string const& container) override
    {
        std::lock_guard lock(mutex);
        connected.erase(container);
    }
    void adopt(std::string const& container, api::NetworkState const& state) override
    {
        std::lock_guard lock(mutex);
        connected[container] = state;
    }
    void adopted_all() override { all_adopted = true; }
    Result<void> link(std::string const& parent, network::Link const& link) override
    {
        std::lock_guard lock(mutex);
        links.insert(
            parent.substr(0, 4) + " " + link.parent_ip + " " + link.child_ip + " " + std::to_string(link.ports.size()));
        return {};
    }
    void unlink(std::string const& parent, network::Link const& link) override
    {
        std::lock_guard lock(mutex);
        links.erase(
            parent.substr(0, 4) + " " + link.parent_ip + " " + link.child_ip + " " + std::to_string(link.ports.size()));
    }

    /// The daemon was killed: its memory is gone.
    void forget()
    {
        connected.clear();
        links.clear();
        all_adopted = false;
    }

    std::mutex mutex;
    bool is_enabled = true, all_adopted = false;
    int last = 0;
    uint16_t next_port = 49153;
    std::map<std::string, api::NetworkState> connected;
    std::set<std::string> links; ///< "PARENT parent-ip child-ip ports"
};

} // namespace staithe::doubles
