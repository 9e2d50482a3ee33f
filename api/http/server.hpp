// The HTTP front: listeners, the gate, Poco's HTTPServer behind it, the worker pools.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "api/http/router.hpp"

namespace staithe::http {

struct ServerOptions {
    /// "unix:///run/staithe/staithe.sock" or "tcp://127.0.0.1:2375".
    std::vector<std::string> listen;
    std::string socket_group = "docker"; ///< if it exists; otherwise the socket stays root's alone
    bool allow_plain_tcp = false; ///< without it a tcp:// address is refused at start
    bool cors = false; ///< the three headers of -api-enable-cors on every routed response
    std::vector<std::string> allowed_hosts; ///< Host names accepted on TCP besides localhost and literal addresses
    size_t quick_threads = 2, request_threads = 16, upload_threads = 8;
    size_t max_connections = 16384;
    std::chrono::milliseconds head_timeout { 10'000 }, idle_timeout { 600'000 }, body_timeout { 60'000 };
    std::string server_name = "Staithe";
    std::function<void(int level, std::string_view message)> log; ///< levels of staithe/host.h
};

class Server {
public:
    /// Binds every listener or none; nothing is served before start().
    static Result<std::unique_ptr<Server>> create(ServerOptions, Router);
    virtual ~Server() = default;
    virtual Result<void> start() = 0;
    /// Stops accepting, lets requests under way finish until the grace ends, closes what is parked.
    virtual void stop(std::chrono::milliseconds grace) = 0;
    /// Settings that SIGHUP may change: cors, allowed_hosts, timeouts.
    virtual void reload(ServerOptions const&) = 0;
    /// What is listened on, with the port the kernel chose for port 0.
    virtual std::vector<std::string> addresses() const = 0;
};

} // namespace staithe::http
