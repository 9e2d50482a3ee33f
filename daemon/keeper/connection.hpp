// One daemon's connection to this keeper.
#pragma once

#include <optional>

#include "daemon/keeper/poller.hpp"
#include "daemon/rpc/channel.hpp"
#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::keeper {

class Connection final : public Watched {
public:
    Connection(rpc::Channel channel, Poller& poller)
        : m_channel(std::move(channel))
        , m_poller(poller)
    {
    }

    void ready(uint32_t) override { m_readable = true; }
    int fd() const { return m_channel.fd(); }
    bool is_open() const { return m_channel.is_open(); }

    /// The next message. A peer that is gone or sends garbage closes this connection, which is no message.
    std::optional<rpc::Message> receive();

    /// A peer that does not take it within a second is given up.
    void send(rpc::Message const&);
    void answer(rpc::Message const& question, rpc::keeper::Type type, std::string payload = {});
    void fail(rpc::Message const& question, Error const&);

    /// Forgets first: a duplicate in a child that has not executed its program yet would keep the watching alive.
    void close()
    {
        if (is_open())
            m_poller.forget(fd());
        m_channel.close();
    }

private:
    rpc::Channel m_channel;
    Poller& m_poller;
    bool m_readable = true;
};

} // namespace staithe::keeper
