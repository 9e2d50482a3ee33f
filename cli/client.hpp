// The daemon's API as functions. Every call has a connection of its own, so calls may be made from several threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/connection.hpp"
#include "cli/host.hpp"

namespace staithe::cli {

/// "?a=1&b=x%20y", or nothing without parameters.
std::string query(std::vector<std::pair<std::string, std::string>> const&);
/// A container's or image's name as part of a path; '/' and ':' stay.
std::string path_segment(std::string_view name);

class Client {
public:
    explicit Client(Host host)
        : m_host(std::move(host))
    {
    }
    Host const& host() const { return m_host; }

    /// Takes parts of a body as they come; an Error ends the call.
    using Receiver = std::function<Result<void>(std::string_view)>;

    // The path is without version ("/containers/json"); paths below /staithe/ are sent as they are. An answer of 400 or
    // more is an Error with the daemon's words, its code from the status.
    Result<std::string> get(std::string const& path) const { return call("GET", path, {}); }
    Result<std::string> post(std::string const& path, std::string const& json = {}) const
    {
        return call("POST", path, json);
    }
    Result<std::string> remove(std::string const& path) const { return call("DELETE", path, {}); }
    // The same, with the body as it comes.
    Result<void> get_stream(std::string const& path, Receiver const& receiver) const
    {
        return stream("GET", path, {}, receiver);
    }
    Result<void> post_stream(std::string const& path, std::string const& json, Receiver const& receiver) const
    {
        return stream("POST", path, json, receiver);
    }
    /// POST with the bytes of a descriptor as a chunked body; the answer is received meanwhile. fd -1: no body.
    /// sent is told how many bytes have left, from another thread.
    Result<void> upload(
        std::string const& path, int fd, std::function<void(uint64_t)> const& sent, Receiver const& answer) const;
    /// A connection that has left HTTP; what it gives next is the container's output.
    Result<Connection> attach(std::string const& path) const;

private:
    Result<std::string> call(std::string_view method, std::string const& path, std::string const& json) const;
    Result<void> stream(
        std::string_view method, std::string const& path, std::string const& json, Receiver const&) const;
    Result<Connection> ask(std::string_view method, std::string const& path, std::string const& json) const;

    Host m_host;
};

} // namespace staithe::cli
