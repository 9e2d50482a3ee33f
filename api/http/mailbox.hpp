// How other threads reach the gate's thread: connections given back, deferred replies that are ready, feeds that have
// something to send, plain calls.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::http {

struct Connection;
class DeferredCore;
class FeedCore;

class Mailbox {
public:
    struct Mail {
        std::vector<Connection*> returned;
        std::vector<std::shared_ptr<DeferredCore>> settled;
        std::vector<std::shared_ptr<FeedCore>> fed;
        std::vector<std::function<void()>> calls;
    };

    static Result<std::shared_ptr<Mailbox>> create();
    explicit Mailbox(UniqueFd event)
        : m_event(std::move(event))
    {
    }
    void give_back(Connection&); // [any-thread]
    void settle(std::shared_ptr<DeferredCore>); // [any-thread]
    bool feed(std::shared_ptr<FeedCore>); // [any-thread] false: closed
    void call(std::function<void()>); // [any-thread]

    int descriptor() const { return m_event.get(); }
    Mail take(); // [gate-thread]
    /// Nobody reads any more: what lies here and what still comes is dropped.
    void close(); // [any-thread]

private:
    void ring() REQUIRES(m_mutex);

    UniqueFd const m_event;
    Mutex m_mutex;
    Mail m_mail GUARDED_BY(m_mutex);
    bool m_rung GUARDED_BY(m_mutex) = false, m_closed GUARDED_BY(m_mutex) = false;
};

} // namespace staithe::http
