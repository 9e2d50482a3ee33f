// Keeper: what comes after the container's last instruction.
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cstring>

#include "daemon/keeper/exit_record.hpp"
#include "daemon/keeper/journal.hpp"
#include "daemon/keeper/keeper.hpp"

namespace staithe::keeper {

using rpc::keeper::State;

namespace {
    constexpr int blocks_before_destroy = 16;
    constexpr int blocks_at_end = 1 << 16;
} // namespace

// A subreaper gets more children than it made; only one of them matters.
void Keeper::reap_children()
{
    if (m_state == State::Empty)
        return;
    for (;;) {
        int status = 0;
        pid_t const pid = ::waitpid(-1, &status, WNOHANG);
        if (pid <= 0)
            return;
        if (pid == m_started.wait_pid && m_state == State::Running)
            end_container(status);
    }
}

// Killed or not, whoever could still write is gone after destroy(): then the streams end.
void Keeper::end_container(int wait_status)
{
    m_exit = { m_start.run, status_of(wait_status), m_started_ns, os::real_time_ns(), false };
    // A driver that does not come back must not take the status along.
    if (auto const kept = write_unfinished_record(m_files.state_dir.get(), m_exit); !kept)
        journal(kept.error().message);
    drain(blocks_before_destroy);
    m_exit.out_of_memory = ran_out_of_memory();
    auto const freed = m_driver->destroy(m_start.container);
    if (!freed)
        journal(freed.error().message);
    m_input->close();
    m_stdio.close_child_ends();
    drain(blocks_at_end);
    m_state = State::Exited;
    for (auto const& client : m_clients)
        client->end();
    for (auto& output : m_outputs) {
        if (output)
            m_poller.forget(output->fd());
        output.reset();
    }
    m_stdio.out.reset();
    m_stdio.err.reset();
    publish(m_exit, freed ? &write_exit_record : &write_unfinished_record);
}

bool Keeper::ran_out_of_memory()
{
    if (m_start.limits.memory == 0 && m_exit.status != 128 + SIGKILL)
        return false;
    auto const stats = m_driver->stats(m_start.container);
    constexpr std::string_view key = "\"oom_kills\":";
    size_t const at = stats ? stats.value().find(key) : std::string::npos;
    return at != std::string::npos && std::strtoull(stats.value().c_str() + at + key.size(), nullptr, 10) > 0;
}

void Keeper::drain(int blocks)
{
    for (auto const& output : m_outputs) {
        if (!output)
            continue;
        bool const to_the_end = blocks == blocks_at_end;
        for (int i = 0; i < blocks && !output->has_ended();)
            if (relay(*output))
                ++i;
            else if (output->has_ended() || !to_the_end || !output->wait())
                break;
    }
}

// The record before the message: whoever connects too late to hear finds it.
void Keeper::publish(rpc::keeper::ExitRecord const& record, WriteRecord write)
{
    auto file = write(m_files.state_dir.get(), record);
    if (file)
        m_exit_file = std::move(file).value();
    else
        journal(file.error().message);
    unlink_socket();
    for (auto const& connection : m_connections)
        connection->send(rpc::keeper::message(rpc::keeper::Type::Exited, record));
}

// What waits for the disk, when everybody has heard of the end: an overlay's last unmount syncs the whole file system
// that the layer is on. A daemon that has heard of the end makes it durable itself, for many containers at once.
void Keeper::release()
{
    m_released = true;
    detach_root(m_root_path);
    for (auto const& connection : m_connections)
        connection->send({ static_cast<uint16_t>(rpc::keeper::Type::Released), 0, {}, {} });
    if (!m_exit_file || !m_connections.empty())
        return;
    if (auto const synced = sync_exit_record(m_exit_file.get()); !synced)
        journal(synced.error().message);
    m_exit_file.reset();
}

void Keeper::unlink_socket() const
{
    sockaddr_un address {};
    socklen_t size = sizeof address;
    if (::getsockname(m_listener.fd.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0
        && address.sun_path[0] == '/' && size <= sizeof address)
        ::unlink(std::string(address.sun_path, strnlen(address.sun_path, sizeof address.sun_path)).c_str());
}

} // namespace staithe::keeper
