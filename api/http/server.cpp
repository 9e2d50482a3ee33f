#include "api/http/server.hpp"

#include "api/http/gate.hpp"

namespace staithe::http {

namespace {

    SettingsPtr settings_from(ServerOptions const& options)
    {
        auto settings = std::make_shared<Settings>();
        settings->cors = options.cors;
        settings->allowed_hosts = options.allowed_hosts;
        settings->max_connections = options.max_connections;
        settings->head_timeout = options.head_timeout;
        settings->idle_timeout = options.idle_timeout;
        settings->body_timeout = options.body_timeout;
        settings->server_name = options.server_name;
        settings->log = options.log;
        return settings;
    }

    Result<ListenerSocket> open_listener(std::string const& address, ServerOptions const& options)
    {
        constexpr std::string_view unix_scheme = "unix://", tcp_scheme = "tcp://";
        if (address.starts_with(unix_scheme))
            return ListenerSocket::unix_socket(address.substr(unix_scheme.size()), options.socket_group);
        if (!address.starts_with(tcp_scheme))
            return Error { STAITHE_INVALID, 0,
                "cannot listen on '" + address + "': an address begins with unix:// or tcp://" };
        if (!options.allow_plain_tcp)
            return Error { STAITHE_DENIED, 0,
                "cannot listen on '" + address
                    + "': whoever reaches a plain TCP port becomes root; --allow-plain-tcp permits it all the same" };
        return ListenerSocket::tcp(address.substr(tcp_scheme.size()));
    }

    class GateServer final : public Server {
    public:
        GateServer(std::vector<ListenerSocket> listeners, ServerOptions const& options, Router router,
            std::shared_ptr<Mailbox> mailbox)
            : m_settings(settings_from(options))
            , m_quick("http-quick", options.quick_threads, mailbox)
            , m_requests("http-request", options.request_threads, mailbox)
            , m_uploads("http-upload", options.upload_threads, mailbox)
        {
            for (auto const& listener : listeners)
                m_addresses.push_back(listener.address());
            m_gate = std::make_unique<Gate>(std::move(listeners), std::move(router), m_settings, mailbox,
                Gate::Lanes { m_quick, m_requests, m_uploads });
        }
        ~GateServer() override { GateServer::stop(std::chrono::milliseconds(0)); }

        Result<void> start() override
        {
            m_quick.start();
            m_requests.start();
            m_uploads.start();
            m_started = true;
            return m_gate->start();
        }
        void stop(std::chrono::milliseconds grace) override
        {
            m_gate->stop(grace);
            if (std::exchange(m_started, false)) {
                m_quick.stop();
                m_requests.stop();
                m_uploads.stop();
            }
            m_gate->forget();
        }
        void reload(ServerOptions const& options) override
        {
            auto settings = std::make_shared<Settings>(*m_settings);
            settings->cors = options.cors;
            settings->allowed_hosts = options.allowed_hosts;
            settings->head_timeout = options.head_timeout;
            settings->idle_timeout = options.idle_timeout;
            settings->body_timeout = options.body_timeout;
            m_gate->reload(std::move(settings));
        }
        std::vector<std::string> addresses() const override { return m_addresses; }

    private:
        SettingsPtr const m_settings;
        std::vector<std::string> m_addresses;
        Lane m_quick, m_requests, m_uploads;
        std::unique_ptr<Gate> m_gate;
        bool m_started = false;
    };

} // namespace

Result<std::unique_ptr<Server>> Server::create(ServerOptions options, Router router)
{
    std::vector<ListenerSocket> listeners;
    for (auto const& address : options.listen)
        listeners.push_back(STAITHE_TRY(open_listener(address, options)));
    auto mailbox = STAITHE_TRY(Mailbox::create());
    try {
        return std::unique_ptr<Server>(
            std::make_unique<GateServer>(std::move(listeners), options, std::move(router), std::move(mailbox)));
    } catch (std::exception const& e) {
        return Error { STAITHE_INTERNAL, 0, std::string("cannot make the HTTP server: ") + e.what() };
    }
}

} // namespace staithe::http
