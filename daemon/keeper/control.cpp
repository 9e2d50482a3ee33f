// Keeper: what daemons say to it.
#include <sys/socket.h>

#include "daemon/keeper/exit_record.hpp"
#include "daemon/keeper/journal.hpp"
#include "daemon/keeper/keeper.hpp"
#include "daemon/keeper/process.hpp"

namespace staithe::keeper {

using rpc::keeper::State;
using rpc::keeper::Type;

namespace {

    constexpr size_t max_connections = 64;
    constexpr int protected_score = -999;

    template <class T> std::string encoded(T const& body)
    {
        rpc::Writer out;
        encode(out, body);
        return out.take();
    }

    Error not_running()
    {
        return { STAITHE_CONFLICT, 0, "container is not running" };
    }

    bool is_stream_socket(int fd)
    {
        int type = 0;
        socklen_t size = sizeof type;
        return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
    }

} // namespace

void Keeper::accept_connections()
{
    while (m_listener.fd) {
        UniqueFd socket(::accept4(m_listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket)
            return;
        if (m_connections.size() >= max_connections)
            continue;
        auto connection = std::make_unique<Connection>(rpc::Channel(std::move(socket)), m_poller);
        if (m_poller.watch(connection->fd(), *connection))
            m_connections.push_back(std::move(connection));
    }
}

void Keeper::serve(Connection& connection)
{
    while (auto message = connection.receive())
        answer(connection, *message);
}

void Keeper::answer(Connection& connection, rpc::Message& message)
{
    Result<void> done;
    switch (static_cast<Type>(message.type)) {
    case Type::Hello:
        connection.answer(message, Type::Welcome, encoded(welcome()));
        if (m_state == State::Exited)
            connection.send(rpc::keeper::message(Type::Exited, m_exit));
        return;
    case Type::Start: start(connection, message); return;
    case Type::Stats: {
        auto const stats = m_state == State::Running ? m_driver->stats(m_start.container) : not_running();
        stats ? connection.answer(message, Type::Text, stats.value()) : connection.fail(message, stats.error());
        return;
    }
    case Type::Root: root(connection, message); return;
    case Type::Signal: done = signal(message); break;
    case Type::Resize: done = resize(message); break;
    case Type::Attach: done = attach(message); break;
    default:
        done = Error { STAITHE_UNSUPPORTED, 0,
            "keeper does not know message type " + std::to_string(message.type) + "; it is older than the daemon" };
    }
    done ? connection.answer(message, Type::Done) : connection.fail(message, done.error());
}

rpc::keeper::Welcome Keeper::welcome() const
{
    rpc::keeper::Welcome welcome;
    welcome.state = m_state;
    welcome.container = m_start.container;
    welcome.run = m_start.run;
    welcome.pid = m_started.init_pid;
    welcome.started_ns = m_started_ns;
    welcome.exit = m_exit;
    welcome.driver = m_start.driver;
    return welcome;
}

void Keeper::start(Connection& connection, rpc::Message& message)
{
    auto decoded = rpc::keeper::decode_start(message.payload);
    auto started = !decoded ? Result<rpc::keeper::Started>(std::move(decoded.error()))
        : m_state != State::Empty
        ? Result<rpc::keeper::Started>(Error { STAITHE_CONFLICT, 0, "keeper has a container already" })
        : start(connection, std::move(decoded).value(), std::move(message.fds));
    if (!started) {
        connection.fail(message, started.error());
        if (m_state == State::Empty)
            connection.close();
        return;
    }
    connection.answer(message, Type::Started, encoded(started.value()));
    serve_stdio();
}

Result<rpc::keeper::Started> Keeper::start(Connection& connection, rpc::keeper::Start start, std::vector<UniqueFd> fds)
{
    m_files = STAITHE_TRY(StartFiles::from(std::move(fds), start));
    set_journal_directory(m_files.state_dir.get());
    remove_exit_record(m_files.state_dir.get());
    STAITHE_TRY(fill_volumes(connection, start));
    auto const place = STAITHE_TRY(path_of_directory(m_files.state_dir.get()));
    STAITHE_TRY(enter_private_mounts());
    set_oom_score(0);
    STAITHE_TRY(attach_root(m_files.rootfs.get(), place));
    m_root_path = place;
    m_stdio = STAITHE_TRY(start.tty ? Stdio::terminal(start.open_stdin) : Stdio::pipes(start.open_stdin));
    m_input = std::make_unique<Input>(std::move(m_stdio.in), start.tty, start.stdin_once);
    for (size_t i = 0; i < start.clients.size(); ++i) {
        m_clients.push_back(std::make_unique<Client>(start.clients[i], std::move(m_files.clients[i]), m_poller));
        m_clients.back()->feed_early(*m_input);
    }
    STAITHE_TRY(run_driver(start));
    set_oom_score(protected_score);
    m_state = State::Running;
    m_start.container = start.container;
    m_start.run = start.run;
    m_start.driver = start.driver;
    m_start.log = start.log;
    m_start.limits = start.limits;
    m_files.clients.clear();
    m_files.driver.reset();
    m_files.rootfs.reset();
    m_files.network.reset();
    m_files.mounts.clear();
    return rpc::keeper::Started { m_started.init_pid, m_started_ns };
}

/// What that takes is not the driver's time.
Result<void> Keeper::fill_volumes(Connection& connection, rpc::keeper::Start& start)
{
    int64_t const began = os::monotonic_ns();
    STAITHE_TRY(open_volumes(start, m_files, [&] {
        connection.send({ static_cast<uint16_t>(Type::Filling), 0, {}, {} });
        return connection.is_open();
    }));
    if (start.deadline_ns != 0)
        start.deadline_ns += os::monotonic_ns() - began;
    return {};
}

Result<void> Keeper::run_driver(rpc::keeper::Start const& start)
{
    m_driver = STAITHE_TRY(ExecutionDriver::load(m_files.driver.get(), where_of(start)));
    m_started_ns = os::real_time_ns();
    m_started = STAITHE_TRY(start_container(*m_driver, start, m_stdio, m_files, m_root_path));
    if (m_started.console >= 0)
        m_stdio.out.reset(m_started.console);
    return {};
}

// After Started has been answered: an old log that has to be looked through must not delay it.
void Keeper::serve_stdio()
{
    if (!m_stdio.tty)
        m_stdio.close_child_ends();
    auto log = log::Writer::open(m_files.state_dir.get(), { m_start.log.segment_bytes, m_start.log.segments });
    if (log)
        m_log = std::move(log).value();
    else
        journal(log.error().message);
    UniqueFd* const ends[2] = { &m_stdio.out, &m_stdio.err };
    for (int i = 0; i < 2; ++i) {
        if (!*ends[i])
            continue;
        m_outputs[i] = std::make_unique<Output>(ends[i]->get(), i == 0 ? log::Stream::Out : log::Stream::Err);
        (void)m_poller.watch(ends[i]->get(), *m_outputs[i]);
    }
    if (m_input->is_open())
        (void)m_poller.watch(m_input->fd(), *m_input);
    if (auto const reserved = write_unfinished_record(m_files.state_dir.get(), {}); !reserved)
        journal(reserved.error().message);
    m_listener.fd = std::move(m_files.listener);
    (void)::fcntl(m_listener.fd.get(), F_SETFL, ::fcntl(m_listener.fd.get(), F_GETFL) | O_NONBLOCK);
    (void)m_poller.watch(m_listener.fd.get(), m_listener);
    for (auto const& client : m_clients) {
        (void)m_poller.watch(client->fd(), *client);
        client->begin(m_files.state_dir.get(), m_log ? &*m_log : nullptr);
    }
}

Result<void> Keeper::attach(rpc::Message& message)
{
    if (m_state != State::Running)
        return not_running();
    auto how = STAITHE_TRY(rpc::keeper::decode_attach(message.payload));
    if (message.fds.size() != 1 || !is_stream_socket(message.fds[0].get()))
        return Error { STAITHE_INVALID, 0, "attach needs one connection" };
    auto client = std::make_unique<Client>(std::move(how), std::move(message.fds[0]), m_poller);
    STAITHE_TRY(m_poller.watch(client->fd(), *client));
    client->begin(m_files.state_dir.get(), m_log ? &*m_log : nullptr);
    m_clients.push_back(std::move(client));
    return {};
}

void Keeper::root(Connection& connection, rpc::Message const& message)
{
    auto clone = m_state == State::Running ? clone_root(m_root_path) : not_running();
    if (!clone)
        return connection.fail(message, clone.error());
    rpc::Message answer { static_cast<uint16_t>(Type::Done), message.call, {}, {} };
    answer.fds.push_back(std::move(clone).value());
    connection.send(answer);
}

Result<void> Keeper::signal(rpc::Message const& message)
{
    auto const signal = STAITHE_TRY(rpc::keeper::decode_signal(message.payload));
    if (m_state != State::Running)
        return not_running();
    return m_driver->signal(m_start.container, signal.number);
}

Result<void> Keeper::resize(rpc::Message const& message)
{
    auto const size = STAITHE_TRY(rpc::keeper::decode_resize(message.payload));
    if (m_state != State::Running)
        return not_running();
    return m_stdio.resize(size.height, size.width);
}

} // namespace staithe::keeper
