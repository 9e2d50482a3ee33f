// A client that sends exactly the bytes it is told to.
#pragma once

#include <string>
#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::http::test {

struct Answer {
    int status = 0; ///< 0: no whole reply came
    std::string head, body;
    bool chunked = false;
    size_t chunks = 0;
    bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class Client {
public:
    /// A path, or "tcp://127.0.0.1:port".
    explicit Client(std::string const& address);
    explicit Client(UniqueFd socket);
    /// False once the server has closed.
    bool send(std::string_view bytes);
    void half_close();
    void close() { m_socket.reset(); }
    /// One reply; its body as head says. `method` HEAD: none.
    Answer receive(std::string_view method = "GET");
    Answer ask(std::string_view request, std::string_view method = "GET")
    {
        send(request);
        return receive(method);
    }
    /// Everything up to the end of the connection.
    std::string receive_all();
    /// At least `size` bytes, fewer at the end of the connection.
    std::string receive_some(size_t size);
    /// The server has closed, and nothing more came.
    bool is_closed();
    int descriptor() const { return m_socket.get(); }

private:
    bool fill();
    std::string take(size_t size);
    std::string take_line();

    UniqueFd m_socket;
    std::string m_input;
};

} // namespace staithe::http::test
