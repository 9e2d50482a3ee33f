#include "api/http/listener_socket.hpp"

#include <grp.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>
#include <memory>

#include <staithe/cpp/mode.hpp>
#include <staithe/cpp/undo.hpp>

namespace staithe::http {

namespace {

    constexpr int backlog = 4096;

    std::string quoted(std::string_view s)
    {
        return "'" + std::string(s) + "'";
    }

    Result<sockaddr_un> unix_address(std::string const& path)
    {
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path)
            return Error { STAITHE_INVALID, 0, "cannot listen on " + quoted(path) + ": the path is too long" };
        std::memcpy(address.sun_path, path.data(), path.size());
        return address;
    }

    Result<UniqueFd> new_socket(int family)
    {
        UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd)
            return errno_error("cannot create a socket");
        return fd;
    }

    Result<void> check_replaceable(std::string const& path)
    {
        struct stat status;
        if (::lstat(path.c_str(), &status) != 0)
            return errno == ENOENT ? Result<void>() : errno_error("cannot look at " + quoted(path));
        if (!S_ISSOCK(status.st_mode))
            return Error { STAITHE_EXISTS, 0, "cannot listen on " + quoted(path) + ": it exists and is not a socket" };
        auto const probe = STAITHE_TRY(new_socket(AF_UNIX));
        auto const address = STAITHE_TRY(unix_address(path));
        // EAGAIN: somebody listens and is busy.
        if (::connect(probe.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0 || errno == EAGAIN)
            return Error { STAITHE_BUSY, 0, "cannot listen on " + quoted(path) + ": another daemon answers there" };
        return {};
    }

    Result<void> set_owner(std::string const& path, std::string const& group)
    {
        if (::chmod(path.c_str(), Mode::socket().bits) != 0)
            return errno_error("cannot set the mode of " + quoted(path));
        char buffer[16384];
        struct group entry;
        struct group* found = nullptr;
        if (group.empty() || getgrnam_r(group.c_str(), &entry, buffer, sizeof buffer, &found) != 0 || !found)
            return {};
        if (::chown(path.c_str(), static_cast<uid_t>(-1), entry.gr_gid) != 0)
            return errno_error("cannot give " + quoted(path) + " to group " + quoted(group));
        return {};
    }

    Result<UniqueFd> listen_at(UniqueFd fd, sockaddr const* address, socklen_t size, std::string_view name)
    {
        if (::bind(fd.get(), address, size) != 0)
            return errno_error("cannot listen on " + quoted(name));
        if (::listen(fd.get(), backlog) != 0)
            return errno_error("cannot listen on " + quoted(name));
        return fd;
    }

    struct AddressesDeleter {
        void operator()(addrinfo* list) const { freeaddrinfo(list); }
    };

    Result<std::string> bound_address(int fd)
    {
        sockaddr_storage storage {};
        socklen_t size = sizeof storage;
        char host[NI_MAXHOST], port[NI_MAXSERV];
        auto* const address = reinterpret_cast<sockaddr*>(&storage);
        if (getsockname(fd, address, &size) != 0)
            return errno_error("cannot read the address of a socket");
        if (getnameinfo(address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
            return Error { STAITHE_IO, 0, "cannot print the address of a socket" };
        bool const v6 = storage.ss_family == AF_INET6;
        return "tcp://" + std::string(v6 ? "[" : "") + host + (v6 ? "]:" : ":") + port;
    }

} // namespace

ListenerSocket::ListenerSocket(UniqueFd socket, Listener kind, std::string address)
    : m_socket(std::move(socket))
    , m_kind(kind)
    , m_address(std::move(address))
{
}

ListenerSocket::ListenerSocket(ListenerSocket&& other) noexcept
    : m_socket(std::move(other.m_socket))
    , m_kind(other.m_kind)
    , m_address(std::move(other.m_address))
    , m_path(std::exchange(other.m_path, {}))
    , m_device(other.m_device)
    , m_inode(other.m_inode)
{
}

ListenerSocket::~ListenerSocket()
{
    close();
}

void ListenerSocket::close()
{
    struct stat status;
    if (!m_path.empty() && ::lstat(m_path.c_str(), &status) == 0 && status.st_dev == m_device
        && status.st_ino == m_inode)
        ::unlink(m_path.c_str());
    m_path.clear();
    m_socket.reset();
}

Result<ListenerSocket> ListenerSocket::unix_socket(std::string const& path, std::string const& group)
{
    if (path.empty() || path.front() != '/')
        return Error { STAITHE_INVALID, 0, "cannot listen on " + quoted(path) + ": a full path is needed" };
    STAITHE_TRY(unix_address(path));
    STAITHE_TRY(check_replaceable(path));
    std::string directory = path.substr(0, path.rfind('/')) + "/.st-XXXXXX";
    if (!::mkdtemp(directory.data()))
        return errno_error("cannot listen on " + quoted(path) + ": cannot make a directory beside it");
    std::string const inner = directory + "/s";
    Undo undo;
    undo.push([&] {
        ::unlink(inner.c_str());
        ::rmdir(directory.c_str());
    });
    auto const address = STAITHE_TRY(unix_address(inner));
    auto fd = STAITHE_TRY(new_socket(AF_UNIX));
    fd = STAITHE_TRY(listen_at(std::move(fd), reinterpret_cast<sockaddr const*>(&address), sizeof address, path));
    STAITHE_TRY(set_owner(inner, group));
    struct stat status;
    if (::lstat(inner.c_str(), &status) != 0 || ::rename(inner.c_str(), path.c_str()) != 0)
        return errno_error("cannot listen on " + quoted(path));
    ListenerSocket listener(std::move(fd), Listener::Unix, "unix://" + path);
    listener.m_path = path;
    listener.m_device = status.st_dev;
    listener.m_inode = status.st_ino;
    return listener;
}

Result<ListenerSocket> ListenerSocket::tcp(std::string_view name)
{
    size_t const colon = name.rfind(':');
    if (colon == std::string_view::npos || colon == 0)
        return Error { STAITHE_INVALID, 0, "cannot listen on " + quoted(name) + ": host and port are needed" };
    std::string host(name.substr(0, colon)), port(name.substr(colon + 1));
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    addrinfo hints {}, *list = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    if (int const failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &list))
        return Error { STAITHE_INVALID, 0, "cannot listen on " + quoted(name) + ": " + gai_strerror(failed) };
    std::unique_ptr<addrinfo, AddressesDeleter> const addresses(list);
    auto fd = STAITHE_TRY(new_socket(addresses->ai_family));
    int const on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    fd = STAITHE_TRY(listen_at(std::move(fd), addresses->ai_addr, addresses->ai_addrlen, name));
    auto address = STAITHE_TRY(bound_address(fd.get()));
    return ListenerSocket(std::move(fd), Listener::Tcp, std::move(address));
}

} // namespace staithe::http
