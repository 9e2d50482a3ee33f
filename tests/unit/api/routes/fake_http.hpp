// A request and a responder without a socket, and the routes over fake services: one call is one exchange.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http/router.hpp"
#include "api/routes/routes.hpp"
#include "api/versions/version_rows.hpp"
#include "tests/doubles/services/fake_containers.hpp"
#include "tests/doubles/services/fake_events.hpp"
#include "tests/doubles/services/fake_images.hpp"
#include "tests/doubles/services/fake_system.hpp"

namespace staithe::tests {

class TextSource final : public Source {
public:
    explicit TextSource(std::string text)
        : m_text(std::move(text))
    {
    }
    bool is_cut = false; ///< ends with an Error instead of properly

    Result<size_t> read(void* into, size_t capacity) override
    {
        if (m_text.empty() && is_cut)
            return Error { STAITHE_IO, 0, "the body was cut short" };
        auto const size = std::min(capacity, m_text.size());
        std::memcpy(into, m_text.data(), size);
        m_text.erase(0, size);
        return size;
    }

private:
    std::string m_text;
};

class FakeRequest final : public http::Request {
public:
    bool gone = false;
    bool client_gone() const override { return gone; }
};

/// What left for the client.
struct Exchange {
    std::optional<http::Reply> reply; ///< of send() or of a deferred reply
    std::vector<std::string> chunks; ///< of a stream
    int stream_status = 0;
    std::string stream_type;
    bool ended = false, aborted = false;
    std::string hijack_head;
    bool shook_hands = false; ///< a web socket
    std::optional<Error> handshake_error; ///< how a web socket's handshake fails
    std::function<void()> client_goes;
    int answers = 0;

    std::string body() const
    {
        std::string all;
        for (auto const& chunk : chunks)
            all += chunk;
        return reply ? reply->body : all;
    }
};

class FakeDeferred final : public http::Deferred {
public:
    explicit FakeDeferred(Exchange& exchange)
        : m_exchange(exchange)
    {
    }
    void send(http::Reply reply) override { m_exchange.reply = std::move(reply); }
    void on_client_gone(std::function<void()> f) override { m_exchange.client_goes = std::move(f); }

private:
    Exchange& m_exchange;
};

class FakeStream final : public http::Responder::Stream {
public:
    FakeStream(Exchange& exchange, bool broken)
        : m_exchange(exchange)
        , m_broken(broken)
    {
    }
    ~FakeStream() override { m_exchange.ended = !m_exchange.aborted; }
    Result<void> write(void const* from, size_t size) override
    {
        if (m_broken)
            return Error { STAITHE_UNAVAILABLE, 0, "the client is gone" };
        m_exchange.chunks.emplace_back(static_cast<char const*>(from), size);
        return {};
    }
    void abort() override { m_exchange.aborted = true; }

private:
    Exchange& m_exchange;
    bool m_broken;
};

class FakeFeed final : public http::Feed {
public:
    FakeFeed(Exchange& exchange, bool broken)
        : m_exchange(exchange)
        , m_broken(broken)
    {
    }
    ~FakeFeed() override { m_exchange.ended = true; }
    bool write(std::string_view chunk) override
    {
        m_exchange.chunks.emplace_back(chunk);
        return !m_broken;
    }
    void on_client_gone(std::function<void()> f) override { m_broken ? f() : void(m_exchange.client_goes = f); }

private:
    Exchange& m_exchange;
    bool m_broken;
};

class FakeResponder final : public http::Responder {
public:
    FakeResponder(Exchange& exchange, bool broken)
        : m_exchange(exchange)
        , m_broken(broken)
    {
    }
    void send(http::Reply reply) override
    {
        ++m_exchange.answers;
        m_exchange.reply = std::move(reply);
    }
    std::unique_ptr<Stream> stream(int status, std::string_view content_type) override
    {
        ++m_exchange.answers;
        m_exchange.stream_status = status;
        m_exchange.stream_type = content_type;
        return std::make_unique<FakeStream>(m_exchange, m_broken);
    }
    std::shared_ptr<http::Deferred> defer() override
    {
        ++m_exchange.answers;
        return std::make_shared<FakeDeferred>(m_exchange);
    }
    std::shared_ptr<http::Feed> feed(int status, std::string_view content_type) override
    {
        ++m_exchange.answers;
        m_exchange.stream_status = status;
        m_exchange.stream_type = content_type;
        return std::make_shared<FakeFeed>(m_exchange, m_broken);
    }
    Result<http::Hijacked> websocket() override
    {
        if (m_exchange.handshake_error)
            return *m_exchange.handshake_error;
        ++m_exchange.answers;
        m_exchange.shook_hands = true;
        return http::Hijacked { UniqueFd(), "early" };
    }
    Result<http::Hijacked> hijack(std::string_view head) override
    {
        ++m_exchange.answers;
        m_exchange.hijack_head = head;
        return http::Hijacked { UniqueFd(), "early" };
    }
    bool answered() const override { return m_exchange.answers > 0; }

private:
    Exchange& m_exchange;
    bool m_broken;
};

struct Call {
    std::string method, path;
    http::Request::Fields query {};
    std::string body {};
    http::ApiVersion version = versions::newest;
    http::Request::Fields headers {};
    http::Listener listener = http::Listener::Unix;
    bool body_is_cut = false;
    bool client_is_gone = false; ///< writes to a stream fail
};

/// Every route, over fakes that tests set and look at.
struct House {
    doubles::FakeContainers containers;
    doubles::FakeImages images;
    doubles::FakeEvents events;
    doubles::FakeSystem system;
    doubles::FakeDrivers drivers;
    http::Router router { routes::api_range() };

    House()
    {
        images.is_empty = true; // most tests are about containers
        routes::add_container_routes(router, containers, images);
        routes::add_image_routes(router, images, containers);
        routes::add_event_routes(router, events);
        routes::add_system_routes(router, system, drivers);
        routes::add_driver_routes(router, drivers);
    }
    House(House const&) = delete;

    void call(Call const& what, Exchange& exchange)
    {
        auto const match = router.match(what.method, what.path);
        if (!match.route)
            throw std::runtime_error("no route for " + what.method + " " + what.path);
        TextSource source(what.body);
        source.is_cut = what.body_is_cut;
        FakeRequest request;
        request.method = what.method;
        request.path = what.path;
        request.name = match.name;
        request.version = what.version;
        request.query = what.query;
        request.headers = what.headers;
        request.listener = what.listener;
        request.id = "r1";
        request.body = &source;
        request.has_body = !what.body.empty();
        request.gone = what.client_is_gone;
        FakeResponder responder(exchange, what.client_is_gone);
        match.route->handler(request, responder);
    }
    Exchange call(Call const& what)
    {
        Exchange exchange;
        call(what, exchange);
        return exchange;
    }
    http::Reply reply(Call const& what) { return call(what).reply.value(); }
    /// "204" or "404 No such container: x"
    std::string outcome(Call const& what)
    {
        auto const answer = reply(what);
        auto const text = answer.body.substr(0, answer.body.find('\n'));
        return std::to_string(answer.status) + (text.empty() ? "" : " ") + text;
    }
};

} // namespace staithe::tests
