// Starting: mount, keeper, state. The record says "running" before the keeper is made, so that a daemon killed in
// between looks for the keeper when it comes back.
#include "daemon/containers/container.hpp"

#include <utility>

#include "daemon/containers/environment.hpp"
#include "daemon/containers/remains.hpp"
#include "daemon/os/file.hpp"

namespace staithe::containers {

Result<void> Container::start(std::string_view request_id, api::HostConfig const* host_config)
{
    auto clients = STAITHE_TRY(begin_start(host_config));
    drivers::Call const call { std::string(request_id) };
    auto keeper = launch(call, clients);
    if (!keeper) {
        start_failed();
        return std::move(keeper.error()); // the clients' connections close with `clients`
    }
    started(call, std::move(keeper).value());
    return {};
}

Result<std::vector<drivers::Client>> Container::begin_start(api::HostConfig const* host_config)
{
    MutexLock lock(m_mutex);
    await_arrivals();
    if (m_phase == Phase::Removing)
        return Error { STAITHE_NOT_FOUND, 0, "No such container: " + id };
    if (m_phase != Phase::Idle)
        return Error { STAITHE_CONFLICT, 0, "The container " + id + " is already running." };
    m_phase = Phase::Starting;
    m_early_end.reset();
    if (host_config)
        m_record.host_config = *host_config;
    ++m_record.run;
    m_record.boot = m_context.options.boot_id;
    auto const seen = m_record.state; // what clients see until it really runs
    m_record.state.running = true;
    m_record.state.started_ns = os::real_time_ns();
    auto saved = m_context.store.save_run(m_record);
    m_record.state = seen;
    if (!saved) { // a later daemon would not look for its keeper
        m_phase = Phase::Idle;
        m_changed.notify_all();
        return std::move(saved.error());
    }
    return m_parking.take();
}

Result<std::shared_ptr<drivers::Keeper>> Container::launch(
    drivers::Call const& call, std::vector<drivers::Client>& clients)
{
    auto const run = record();
    if (has_remains(m_context, id))
        STAITHE_TRY(free_remains(m_context, run));
    auto const storage = STAITHE_TRY(m_context.layers.driver(run.storage_driver));
    drivers::StartFiles files;
    auto execution = STAITHE_TRY(m_context.catalog.execution(run.execution_driver));
    files.state_dir = STAITHE_TRY(os::open_directory(m_context.directory_of(id)));
    files.mount = [&]() -> Result<UniqueFd> {
        await_release(call);
        auto mounted = storage->mount(call, id, drivers::Writable::Yes);
        if (mounted || mounted.error().code != STAITHE_NOT_FOUND)
            return mounted;
        STAITHE_TRY(make_layer_again(call, run));
        return storage->mount(call, id, drivers::Writable::Yes);
    };
    auto message = start_message(run, execution, m_context.options.log);
    message.deadline_ns = call.deadline.monotonic();
    files.driver = std::move(execution.file);
    return m_context.keepers->start(call, std::move(message), std::move(files), clients);
}

/// A writable layer is mounted once at a time: until the keeper of the last run has let go.
void Container::await_release(drivers::Call const& call)
{
    std::shared_ptr<drivers::Keeper> last;
    {
        MutexLock lock(m_mutex);
        last = m_last_keeper.lock();
    }
    if (last)
        last->await_release(call);
}

/// A writable layer is not synced when it is made: a power cut soon after can have taken it, but not its row.
Result<void> Container::make_layer_again(drivers::Call const& call, store::ContainerRecord const& run)
{
    auto const image = m_context.images.find(run.image);
    if (!image)
        return Error { STAITHE_NOT_FOUND, 0, "the layer and the image of container '" + name + "' are missing" };
    m_context.log.warning("the layer of container '" + name + "' is missing; it is made again", call.request_id);
    return m_context.layers.create(call, { id, image->layer, run.storage_driver, 0 }, drivers::Writable::Yes);
}

rpc::keeper::Start Container::start_message(
    store::ContainerRecord const& run, drivers::ExecutionImage const& execution, rpc::keeper::LogBounds const& log)
{
    auto const& config = run.config;
    rpc::keeper::Start message;
    message.container = run.id;
    message.run = run.run;
    message.driver = execution.name;
    message.driver_state_dir = execution.state_dir;
    message.driver_run_dir = execution.run_dir;
    message.driver_options = execution.options;
    message.argv.push_back(run.path);
    message.argv.insert(message.argv.end(), run.args.begin(), run.args.end());
    message.env = environment_of(config);
    message.cwd = config.working_dir.empty() ? "/" : config.working_dir;
    message.user = config.user;
    message.hostname = config.hostname;
    message.domainname = config.domainname;
    message.cgroup = "staithe/" + run.id;
    message.tty = config.tty;
    message.open_stdin = config.open_stdin;
    message.stdin_once = config.stdin_once;
    message.privileged = config.privileged || run.host_config.privileged;
    message.limits.memory = config.memory;
    message.limits.memory_swap = config.memory_swap < 0 ? -1 : 0; // a positive value is not used: semantics.md §5.6
    message.limits.cpu_shares = config.cpu_shares;
    message.log = log;
    message.options = run.host_config.lxc_conf;
    return message;
}

void Container::start_failed()
{
    Waiters waiters;
    std::vector<drivers::Client> clients; // closed without the lock
    int exit_code = 0;
    {
        MutexLock lock(m_mutex);
        m_phase = Phase::Idle;
        m_early_end.reset();
        clients = m_parking.take();
        save();
        waiters = std::exchange(m_waiters, {});
        exit_code = m_record.state.exit_code;
        m_changed.notify_all();
    }
    notify(std::move(waiters), exit_code);
}

void Container::enter_running(std::shared_ptr<drivers::Keeper> const& keeper)
{
    m_keeper = keeper;
    m_phase = Phase::Running;
    auto& state = m_record.state;
    state.running = true;
    state.pid = keeper->pid();
    state.exit_code = 0;
    state.started_ns = keeper->started_ns();
    m_changed.notify_all();
}

void Container::started(drivers::Call const& call, std::shared_ptr<drivers::Keeper> keeper)
{
    Waiters waiters;
    std::vector<drivers::Client> late;
    int exit_code = 0;
    {
        MutexLock lock(m_mutex);
        enter_running(keeper);
        late = m_parking.take();
        if (m_early_end && m_early_end->run == m_record.run)
            waiters = finish_run(*m_early_end);
        exit_code = m_record.state.exit_code;
    }
    notify(std::move(waiters), exit_code);
    for (auto& client : late)
        attach(call.request_id, std::move(client));
}

} // namespace staithe::containers
