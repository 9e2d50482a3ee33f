#include "generations.hpp"

#include "daemon/os/file.hpp"

namespace staithe::drivers {

using namespace std::chrono_literals;

Result<HostProcess::Options> HostSettings::prepare(
    DriverId const& id, rpc::driver::Purpose purpose, uint32_t generation) const
{
    HostProcess::Options host { program, { id.kind, purpose, id.name, {}, {}, generation, {} }, log };
    auto const found = options.find(std::string(rpc::driver::name(id.kind)) + "." + id.name);
    if (found != options.end())
        host.load.options = found->second;
    if (id.kind == STAITHE_REGISTRY)
        return host;
    host.load.state_dir = state_dir + "/" + id.stem();
    host.load.run_dir = run_dir + "/" + id.stem();
    STAITHE_TRY(os::make_directories(host.load.state_dir));
    STAITHE_TRY(os::make_directories(host.load.run_dir));
    return host;
}

Generations::Generations(DriverDirectory const& directory, HostSettings const& settings, DriverId id)
    : m_directory(directory)
    , m_settings(settings)
    , m_id(std::move(id))
{
}

bool Generations::is_current()
{
    if (!m_host || !m_host->alive())
        return false;
    // A driver that was uninstalled goes on serving what it holds.
    auto const now = m_directory.identity(m_id);
    return !now || now.value() == m_identity;
}

Result<std::shared_ptr<HostProcess>> Generations::current(Call const& call)
{
    MutexLock lock(m_mutex);
    while (!is_current()) {
        if (!m_starting) {
            m_starting = true;
            lock.unlock();
            auto host = replace(call);
            lock.lock();
            m_starting = false;
            m_changed.notify_all();
            return host;
        }
        if (call.deadline.passed() || (call.cancel && *call.cancel))
            return Error { STAITHE_CANCELLED, ETIMEDOUT, m_id.describe() + " is still being opened" };
        (void)m_changed.wait_for(m_mutex, 50ms);
    }
    return m_host;
}

Result<std::shared_ptr<HostProcess>> Generations::replace(Call const& call)
{
    auto file = m_directory.open(m_id);
    auto const identity = file ? std::optional(file.value().identity) : std::nullopt;
    Result<std::shared_ptr<HostProcess>> next = file
        ? start(call, std::move(file).value())
        : Result<std::shared_ptr<HostProcess>>(std::move(file.error()).with_context(m_id.describe()));

    std::shared_ptr<HostProcess> previous; // ends outside the lock, if this was its last use
    MutexLock lock(m_mutex);
    if (next) {
        previous = std::exchange(m_host, next.value());
        m_identity = identity;
    } else if (m_host && m_host->alive()) {
        // A bad upgrade must not take away what works; it is not tried again until the file changes.
        if (m_settings.log)
            m_settings.log(STAITHE_ERROR, "keeping the previous generation: " + next.error().message);
        if (auto const seen = m_directory.identity(m_id))
            m_identity = seen.value();
        next = m_host;
    } else {
        previous = std::move(m_host);
        m_host.reset();
    }
    lock.unlock();
    previous.reset();
    return next;
}

Result<std::shared_ptr<HostProcess>> Generations::start(Call const& call, DriverFile file)
{
    uint32_t generation;
    {
        MutexLock lock(m_mutex);
        generation = ++m_generation;
    }
    auto options = STAITHE_TRY(m_settings.prepare(m_id, rpc::driver::Purpose::Serve, generation));
    return std::shared_ptr<HostProcess>(
        STAITHE_TRY(HostProcess::start(std::move(options), std::move(file.image), call)));
}

Result<Answer> Generations::ask(Call const& call, rpc::driver::Call request, Transfer& transfer, int root)
{
    auto const host = STAITHE_TRY(current(call));
    return host->ask(call, std::move(request), transfer, root);
}

} // namespace staithe::drivers
