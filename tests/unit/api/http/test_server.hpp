// The real server on a unix socket in a temporary directory, with a few routes that show what reached a handler.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <staithe/cpp/mutex.hpp>

#include "api/http/server.hpp"
#include "tests/unit/api/http/client.hpp"

namespace staithe::http::test {

class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    std::string const& path() const { return m_path; }

private:
    std::string m_path;
};

/// What an upload handler saw.
struct Upload {
    size_t bytes = 0;
    bool complete = false;
    std::string error;
};

class TestServer {
public:
    explicit TestServer(std::function<void(ServerOptions&)> adjust = {});
    ~TestServer();

    std::string const& path() const { return m_path; }
    /// The first TCP address.
    std::string tcp() const { return m_server->addresses().back(); }
    Server& server() { return *m_server; }
    Client client() const { return Client(m_path); }
    /// Reply to one request on a connection of its own.
    Answer ask(std::string const& request, std::string_view method = "GET") const;

    std::atomic<int> canaries { 0 }; ///< GET /canary was handled
    std::atomic<int> handled { 0 }; ///< any other handler ran
    std::atomic<int> gone { 0 }; ///< on_client_gone ran
    std::atomic<bool> saw_client_gone { false }; ///< Request::client_gone() turned true in /work
    std::vector<Upload> uploads();
    /// Waits until so many uploads have ended.
    bool wait_for_uploads(size_t count);
    /// The deferred replies of /containers/{name}/wait, in order of arrival; waits for one.
    std::shared_ptr<Deferred> next_deferred();
    /// The same for the feeds of GET /events.
    std::shared_ptr<Feed> next_feed();
    /// The same for what websocket() gave in /containers/{name}/attach/ws; none there: closed.
    UniqueFd next_stream();

private:
    Router make_router();
    void add_plain_routes(Router&);
    void add_special_routes(Router&);
    void add_streaming_routes(Router&);
    void receive_upload(Request&, Responder&);
    template <class T> void keep(std::vector<T> TestServer::*, T);
    template <class T> T next_of(std::vector<T> TestServer::*);

    TemporaryDirectory m_directory;
    std::string m_path;
    Mutex m_mutex;
    CondVar m_changed;
    std::vector<Upload> m_uploads GUARDED_BY(m_mutex);
    std::vector<std::shared_ptr<Deferred>> m_deferred GUARDED_BY(m_mutex);
    std::vector<std::shared_ptr<Feed>> m_feeds GUARDED_BY(m_mutex);
    std::vector<UniqueFd> m_streams GUARDED_BY(m_mutex);
    std::unique_ptr<Server> m_server;
};

/// Waits, in steps, until f is true; false after ten seconds.
bool eventually(std::function<bool()> const& f);

} // namespace staithe::http::test
