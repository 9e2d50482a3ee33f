// A daemon that speaks just enough HTTP on a unix socket to see what the command sends.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::test {

class FakeDaemon {
public:
    struct Request {
        std::string line; ///< "POST /v1.6/containers/create?name=x"
        std::string head, body;
    };
    /// Owns the conversation after the head of the request; returning closes the connection.
    using Script = std::function<void(int fd, Request const&)>;

    FakeDaemon();
    ~FakeDaemon();
    FakeDaemon(FakeDaemon const&) = delete;

    std::string host() const { return "unix://" + m_path; }
    std::string const& directory() const { return m_directory; }

    // Set before the program runs. A line matches up to its '?'; unknown ones are answered 404.
    void answer(std::string const& line, int status, std::string const& body);
    void script(std::string const& line, Script);
    void leave_body_unread() { m_read_body = false; }

    /// The request lines in the order of their arrival.
    std::vector<std::string> lines();
    /// The body of the first request whose line begins so.
    std::string body_of(std::string const& line);
    /// Waits until a request whose line begins so has come.
    void wait_for(std::string const& line);

    static void send(int fd, std::string const& bytes);
    static std::string reply(int status, std::string const& body);
    static std::string frame(int stream, std::string const& payload);
    /// Everything until the client's half-close.
    static std::string read_to_end(int fd);
    static constexpr char hijack_head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

private:
    void accept_loop();
    void serve(int fd);

    std::string m_directory, m_path;
    UniqueFd m_listener;
    std::atomic<bool> m_read_body = true;
    Mutex m_mutex;
    CondVar m_arrived;
    std::map<std::string, Script> m_scripts GUARDED_BY(m_mutex);
    std::vector<Request> m_requests GUARDED_BY(m_mutex);
    std::vector<std::thread> m_workers; // of the accept thread, until it has ended
    std::thread m_thread;
};

} // namespace staithe::test
