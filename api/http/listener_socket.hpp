// Listening sockets: unix ones that are never wider than 0660 root:<group>, not for an instant, and TCP ones.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

#include "api/http/request.hpp"

namespace staithe::http {

/// Owns the socket and, of a unix one, the file: it is unlinked at the end if it is still ours.
class ListenerSocket {
public:
    /// "unix:///path": bound inside a private directory, given mode and group, then renamed into place. A stale socket
    /// is replaced; STAITHE_BUSY when somebody answers on it, STAITHE_EXISTS when the path is something else.
    static Result<ListenerSocket> unix_socket(std::string const& path, std::string const& group);
    /// "host:port", "[v6]:port"; port 0 lets the kernel choose.
    static Result<ListenerSocket> tcp(std::string_view host_and_port);

    ListenerSocket(ListenerSocket&&) noexcept;
    ListenerSocket& operator=(ListenerSocket&&) = delete;
    ~ListenerSocket();

    int descriptor() const { return m_socket.get(); }
    Listener kind() const { return m_kind; }
    /// As a client would name it: "unix:///run/x.sock", "tcp://127.0.0.1:40001".
    std::string const& address() const { return m_address; }
    void close(); ///< also unlinks

private:
    ListenerSocket(UniqueFd, Listener, std::string address);

    UniqueFd m_socket;
    Listener m_kind;
    std::string m_address;
    std::string m_path; // empty for TCP
    dev_t m_device = 0;
    ino_t m_inode = 0;
};

} // namespace staithe::http
