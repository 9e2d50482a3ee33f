#include "daemon/keeper/keeper.hpp"

#include <sys/eventfd.h>

#include <algorithm>

#include "daemon/keeper/journal.hpp"
#include "daemon/keeper/scratch.hpp"

namespace staithe::keeper {

using rpc::keeper::State;

namespace {
    constexpr int rounds_per_poll = 8;
    constexpr int idle_ms = 1000;
} // namespace

Keeper::Keeper(Poller poller, UniqueFd children)
    : m_poller(std::move(poller))
    , m_input(std::make_unique<Input>())
{
    m_children.fd = std::move(children);
}

Result<std::unique_ptr<Keeper>> Keeper::create(rpc::Channel channel, UniqueFd children)
{
    auto poller = STAITHE_TRY(Poller::create());
    std::unique_ptr<Keeper> keeper(new Keeper(std::move(poller), std::move(children)));
    STAITHE_TRY(keeper->m_poller.watch(keeper->m_children.fd.get(), keeper->m_children));
    keeper->m_connections.push_back(std::make_unique<Connection>(std::move(channel), keeper->m_poller));
    auto& first = *keeper->m_connections.back();
    STAITHE_TRY(keeper->m_poller.watch(first.fd(), first));
    return keeper;
}

void Keeper::run()
{
    bool busy = false, rested = false;
    while (!is_finished()) {
        bool const happened = m_poller.wait(busy ? 0 : rested ? patience() : idle_ms);
        if (!happened && !busy && !rested) {
            release_scratch();
            rested = true;
        } else if (happened) {
            rested = false;
        }
        serve_bells();
        for (size_t i = 0; i < m_connections.size(); ++i)
            serve(*m_connections[i]);
        busy = false;
        for (int round = 0; round < rounds_per_poll && (round == 0 || busy); ++round)
            busy = pump();
        sweep();
        if (m_state == State::Exited && !m_released && !busy)
            release();
    }
}

bool Keeper::is_finished() const
{
    if (m_state == State::Empty)
        return m_connections.empty();
    return m_state == State::Exited && m_released && m_clients.empty();
}

// Somebody who is to go but does not has to be looked at again without an event.
int Keeper::patience() const
{
    bool const leaving =
        std::any_of(m_clients.begin(), m_clients.end(), [](auto const& client) { return client->is_ending(); });
    return leaving ? idle_ms : -1;
}

void Keeper::serve_bells()
{
    if (m_children.rung) {
        m_children.rung = false;
        eventfd_t count = 0;
        (void)::eventfd_read(m_children.fd.get(), &count);
        reap_children();
    }
    if (m_listener.rung) {
        m_listener.rung = false;
        accept_connections();
    }
}

bool Keeper::pump()
{
    if (m_state == State::Empty)
        return false;
    bool progress = false;
    auto const* const log = m_log ? &*m_log : nullptr;
    bool const held =
        std::any_of(m_clients.begin(), m_clients.end(), [&](auto const& client) { return client->holds_back(log); });
    if (!held)
        for (auto const& output : m_outputs)
            if (output && output->is_readable())
                progress = relay(*output) || progress;
    for (auto const& client : m_clients) {
        progress = client->pump_output() || progress;
        progress = client->pump_input(*m_input) || progress;
    }
    return progress;
}

// Log first: a client that lags is served from there.
bool Keeper::relay(Output& output)
{
    auto const bytes = output.read();
    if (bytes.empty())
        return false;
    bool stored = false;
    if (m_log) {
        auto const result = m_log->append(output.stream(), os::real_time_ns(), bytes);
        stored = static_cast<bool>(result);
        if (!stored && !m_log_failed)
            journal(result.error().message);
        m_log_failed = !stored;
    }
    for (auto const& client : m_clients)
        client->deliver(output.stream(), bytes, stored ? &*m_log : nullptr);
    return true;
}

void Keeper::sweep()
{
    int64_t const now = m_clients.empty() ? 0 : os::monotonic_ns();
    for (auto const& client : m_clients)
        client->lose_patience(now);
    std::erase_if(m_clients, [](auto const& client) { return client->is_over(); });
    std::erase_if(m_connections, [](auto const& connection) { return !connection->is_open(); });
}

} // namespace staithe::keeper
