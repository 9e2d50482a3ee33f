// Starting: links, volumes, network, mount, keeper, state. The record says "running" before the keeper can run
// anything, so that a daemon killed in between looks for the keeper when it comes back.
#include "daemon/containers/container.hpp"

#include <utility>

#include "daemon/containers/registry.hpp"
#include "daemon/containers/remains.hpp"
#include "daemon/os/file.hpp"

namespace staithe::containers {

Result<void> Container::start(std::string_view request_id, api::HostConfig const* host_config, Announce announce)
{
    return go_on(request_id, STAITHE_TRY(begin_start(host_config, Wanted::ByClient)), announce);
}

Result<void> Container::start_again()
{
    auto beginning = begin_start(nullptr, Wanted::IfDue);
    if (!beginning)
        return beginning.error().sys_errno == EALREADY ? Result<void>() : std::move(beginning.error());
    return go_on("restart", std::move(beginning).value(), Announce::No);
}

Result<void> Container::go_on(std::string_view request_id, Beginning beginning, Announce announce)
{
    drivers::Call const call { std::string(request_id) };
    auto keeper = launch(call, beginning);
    if (!keeper) {
        start_failed();
        return std::move(keeper.error()); // the clients' connections close with `beginning`
    }
    started(call, std::move(keeper).value(), announce);
    return {};
}

Result<Container::Beginning> Container::begin_start(api::HostConfig const* host_config, Wanted wanted)
{
    MutexLock lock(m_mutex);
    await_arrivals();
    if (m_phase == Phase::Removing)
        return Error { STAITHE_NOT_FOUND, 0, "No such container: " + id };
    if (m_phase != Phase::Idle || (wanted == Wanted::IfDue && !m_due))
        return Error { STAITHE_CONFLICT, EALREADY, "The container " + id + " is already running." };
    m_phase = Phase::Starting;
    m_early_end.reset();
    if (wanted == Wanted::ByClient)
        m_due = false;
    if (host_config)
        m_record.host_config = *host_config;
    ++m_record.run;
    m_record.boot = m_context.options.boot_id;
    return Beginning { m_parking.take(), std::exchange(m_record.host_config.links, {}) };
}

Result<std::shared_ptr<drivers::Keeper>> Container::launch(drivers::Call const& call, Beginning& beginning)
{
    STAITHE_TRY(register_links(beginning.links));
    auto volumes = STAITHE_TRY(take_volumes());
    auto const run = record();
    StartPlan plan(m_context, run);
    STAITHE_TRY(plan.check(std::move(volumes)));
    if (has_remains(m_context, id))
        STAITHE_TRY(free_remains(m_context, run));
    auto execution = STAITHE_TRY(m_context.catalog.execution(run.execution_driver));
    drivers::StartFiles files;
    files.state_dir = STAITHE_TRY(os::open_directory(m_context.directory_of(id)));
    files.prepare = [&](rpc::keeper::Start& message, drivers::StartFiles& with) {
        return prepare(call, plan, message, with);
    };
    auto message = start_message(run, execution, m_context.options.log);
    message.deadline_ns = call.deadline.monotonic();
    files.driver = std::move(execution.file);
    auto keeper = STAITHE_TRY(m_context.keepers->start(call, std::move(message), std::move(files), beginning.clients));
    plan.keep();
    return keeper;
}

/// They stay even if the start then fails.
Result<void> Container::register_links(std::vector<std::string> const& links)
{
    for (auto const& text : links) {
        auto const link = STAITHE_TRY(parse_link(text));
        auto const child = STAITHE_TRY(m_context.registry->named(link.name));
        if (child.get() == this)
            return Error { STAITHE_INVALID, 0, "Cannot link to self: " + id + " == " + id };
        store::NameRecord const row { name + "/" + link.alias, child->id };
        if (!m_context.registry->link(row))
            continue;
        if (auto stored = m_context.store.add_link(row); !stored) {
            m_context.registry->unlink(row.path);
            return stored;
        }
    }
    return {};
}

/// Those that exist become this container's own at once, so that nobody removes them as unused.
Result<VolumePlan> Container::take_volumes()
{
    auto const volumes_of = [this](std::string_view source) -> std::optional<Volumes> {
        auto const other = m_context.registry->find(source);
        if (!other)
            return {};
        return other.value()->read([](auto const& record) { return record.volumes.value_or(Volumes()); });
    };
    MutexLock use(m_context.volume_use);
    auto plan = STAITHE_TRY(plan_volumes(record(), volumes_of));
    MutexLock lock(m_mutex);
    m_record.volumes = plan.mounts;
    return plan;
}

/// While the keeper's program is being loaded.
Result<void> Container::prepare(
    drivers::Call const& call, StartPlan& plan, rpc::keeper::Start& message, drivers::StartFiles& files)
{
    auto const fulfilled = plan.fulfil(message, files);
    note_plan(plan.record());
    STAITHE_TRY(fulfilled);
    STAITHE_TRY(save_as_running());
    files.rootfs = STAITHE_TRY(mount_writable(call));
    return {};
}

/// Also of a start that fails: its volumes exist now.
void Container::note_plan(store::ContainerRecord const& planned)
{
    MutexLock lock(m_mutex);
    m_record.volumes = planned.volumes;
    m_record.network = planned.network;
    m_record.host_config = planned.host_config;
}

/// Clients see it run only when it does.
Result<void> Container::save_as_running()
{
    auto running = record();
    running.state.running = true;
    running.state.started_ns = os::real_time_ns();
    return m_context.store.save_run(running);
}

/// A writable layer is mounted once at a time.
Result<UniqueFd> Container::mount_writable(drivers::Call const& call)
{
    STAITHE_TRY(await_readers(call));
    await_release(call);
    auto const run = record();
    auto const storage = STAITHE_TRY(m_context.layers.driver(run.storage_driver));
    auto mounted = storage->mount(call, id, drivers::Writable::Yes);
    if (mounted || mounted.error().code != STAITHE_NOT_FOUND)
        return mounted;
    STAITHE_TRY(make_layer_again(call));
    return storage->mount(call, id, drivers::Writable::Yes);
}

/// Until the keeper of the last run has let go.
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
Result<void> Container::make_layer_again(drivers::Call const& call)
{
    auto const base = m_context.images.find(image);
    if (!base)
        return Error { STAITHE_NOT_FOUND, 0, "the layer and the image of container '" + name + "' are missing" };
    auto const driver = read([](store::ContainerRecord const& record) { return record.storage_driver; });
    STAITHE_TRY(m_context.layers.create(call, { id, base->layer, driver, 0 }, drivers::Writable::Yes));
    m_context.log.warning("the layer of container '" + name + "' was missing; it was made again", call.request_id);
    return {};
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
        m_record.network = {};
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
    m_due = false;
    auto& state = m_record.state;
    state.running = true;
    state.pid = keeper->pid();
    state.exit_code = 0;
    state.started_ns = keeper->started_ns();
    m_changed.notify_all();
}

void Container::started(drivers::Call const& call, std::shared_ptr<drivers::Keeper> keeper, Announce announce)
{
    auto const from = image_name();
    Waiters waiters;
    std::vector<drivers::Client> late;
    int exit_code = 0;
    {
        MutexLock lock(m_mutex);
        enter_running(keeper);
        if (announce == Announce::Yes)
            m_context.journal.record("start", id, from);
        late = m_parking.take();
        if (m_early_end && m_early_end->run == m_record.run)
            waiters = finish_run(*m_early_end, from);
        exit_code = m_record.state.exit_code;
    }
    notify(std::move(waiters), exit_code);
    for (auto& client : late)
        attach(call.request_id, std::move(client));
}

} // namespace staithe::containers
