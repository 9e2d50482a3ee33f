// A reply that is written bit by bit: what the giver holds (FeedHandle) and what giver and gate share (FeedCore).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <staithe/cpp/mutex.hpp>

#include "api/http/departure.hpp"
#include "api/http/mailbox.hpp"
#include "api/http/responder.hpp"

namespace staithe::http {

class FeedCore : public std::enable_shared_from_this<FeedCore> {
public:
    /// A client that leaves more than this lying is given up. One write may go beyond it, and what was written before
    /// the gate had the connection: nothing of that could have left.
    static constexpr size_t backlog_limit = 4u << 20;

    FeedCore(uint64_t connection, bool chunked, std::shared_ptr<Mailbox> mailbox)
        : m_connection(connection)
        , m_chunked(chunked)
        , m_mailbox(std::move(mailbox))
    {
    }
    uint64_t connection() const { return m_connection; }
    bool write(std::string_view); // [any-thread]
    void end(); // [any-thread] nothing more will be written
    void on_client_gone(std::function<void()>); // [any-thread]

    // [gate-thread]
    struct Portion {
        std::string bytes; ///< framed
        bool ended = false; ///< these were the last
        bool given_up = false; ///< the client took too little: cut the connection
    };
    Portion take();
    /// The client has taken so many of the bytes.
    void sent(size_t count);
    void client_gone();

private:
    bool ring() REQUIRES(m_mutex);

    uint64_t const m_connection;
    bool const m_chunked;
    std::shared_ptr<Mailbox> const m_mailbox; // outlives the server for writers that come too late
    Departure m_departure;
    Mutex m_mutex;
    std::string m_pending GUARDED_BY(m_mutex); // framed, not yet taken
    size_t m_backlog GUARDED_BY(m_mutex) = 0; // framed, not yet sent
    size_t m_limit GUARDED_BY(m_mutex) = SIZE_MAX; // of m_backlog
    bool m_rung GUARDED_BY(m_mutex) = false, m_ended GUARDED_BY(m_mutex) = false;
    bool m_given_up GUARDED_BY(m_mutex) = false, m_gone GUARDED_BY(m_mutex) = false;
};

class FeedHandle final : public Feed {
public:
    explicit FeedHandle(std::shared_ptr<FeedCore> core)
        : m_core(std::move(core))
    {
    }
    ~FeedHandle() override { m_core->end(); }
    bool write(std::string_view chunk) override { return m_core->write(chunk); }
    void on_client_gone(std::function<void()> f) override { m_core->on_client_gone(std::move(f)); }

private:
    std::shared_ptr<FeedCore> const m_core;
};

} // namespace staithe::http
