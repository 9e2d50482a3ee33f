// A reply that comes later: what the giver holds (DeferredHandle) and what giver and gate share (DeferredCore).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <staithe/cpp/mutex.hpp>

#include "api/http/departure.hpp"
#include "api/http/mailbox.hpp"
#include "api/http/responder.hpp"

namespace staithe::http {

class DeferredCore : public std::enable_shared_from_this<DeferredCore> {
public:
    DeferredCore(uint64_t connection, std::shared_ptr<Mailbox> mailbox)
        : m_connection(connection)
        , m_mailbox(std::move(mailbox))
    {
    }
    uint64_t connection() const { return m_connection; }
    void send(Reply); // [any-thread] the first one counts
    void drop(); // [any-thread] no reply will come
    void on_client_gone(std::function<void()>); // [any-thread]

    // [gate-thread]
    bool is_settled();
    std::optional<Reply> take_reply();
    void client_gone() { m_departure.happen(); }

private:
    uint64_t const m_connection;
    std::shared_ptr<Mailbox> const m_mailbox; // outlives the server for givers that come too late
    Departure m_departure;
    Mutex m_mutex;
    std::optional<Reply> m_reply GUARDED_BY(m_mutex);
    bool m_settled GUARDED_BY(m_mutex) = false;
};

class DeferredHandle final : public Deferred {
public:
    explicit DeferredHandle(std::shared_ptr<DeferredCore> core)
        : m_core(std::move(core))
    {
    }
    ~DeferredHandle() override { m_core->drop(); }
    void send(Reply reply) override { m_core->send(std::move(reply)); }
    void on_client_gone(std::function<void()> f) override { m_core->on_client_gone(std::move(f)); }

private:
    std::shared_ptr<DeferredCore> const m_core;
};

} // namespace staithe::http
