#include "daemon/containers/container.hpp"

#include <utility>

namespace staithe::containers {

namespace {

    constexpr int lost_exit_code = -127;

} // namespace

Container::Container(Context& context, store::ContainerRecord record)
    : id(record.id)
    , name(record.name)
    , image(record.image)
    , created_ns(record.created_ns)
    , m_context(context)
    , m_record(std::move(record))
{
}

store::ContainerRecord Container::record() const
{
    MutexLock lock(m_mutex);
    return m_record;
}

std::function<void()> Container::wait(std::function<void(int)> done)
{
    int exit_code = 0;
    {
        MutexLock lock(m_mutex);
        if (m_phase == Phase::Running || m_phase == Phase::Starting) {
            uint64_t const key = m_next_waiter++;
            m_waiters.emplace(key, std::move(done));
            return [weak = weak_from_this(), key] {
                if (auto const self = weak.lock()) {
                    MutexLock inner(self->m_mutex);
                    self->m_waiters.erase(key);
                }
            };
        }
        exit_code = m_record.state.exit_code;
    }
    done(exit_code);
    return [] {};
}

Result<void> Container::begin_removal()
{
    MutexLock lock(m_mutex);
    if (m_phase == Phase::Removing)
        return Error { STAITHE_NOT_FOUND, 0, "No such container: " + id };
    if (m_phase != Phase::Idle)
        return Error { STAITHE_CONFLICT, 0, "Impossible to remove a running container, please stop it first" };
    if (m_holds > 0)
        return Error { STAITHE_CONFLICT, 0, "Impossible to remove a container while an image is made of it" };
    m_phase = Phase::Removing;
    return {};
}

void Container::abandon_removal()
{
    MutexLock lock(m_mutex);
    m_phase = Phase::Idle;
}

void Container::finish_removal()
{
    std::vector<drivers::Client> clients; // closed without the lock
    MutexLock lock(m_mutex);
    clients = m_parking.take();
}

void Container::forget_clients()
{
    Waiters waiters; // ended without the lock
    std::vector<drivers::Client> clients;
    MutexLock lock(m_mutex);
    waiters = std::exchange(m_waiters, {});
    clients = m_parking.take();
}

void Container::ended(rpc::keeper::ExitRecord const& record)
{
    Waiters waiters;
    int exit_code = 0;
    auto const from = image_name();
    {
        MutexLock lock(m_mutex);
        if (record.run != m_record.run)
            return;
        if (m_phase == Phase::Starting) {
            m_early_end = record;
            return;
        }
        if (m_phase != Phase::Running)
            return;
        waiters = finish_run(record, from);
        exit_code = m_record.state.exit_code;
    }
    notify(std::move(waiters), exit_code);
}

std::string Container::image_name() const
{
    return m_context.images.display_name(image);
}

Container::Waiters Container::finish_run(rpc::keeper::ExitRecord const& record, std::string const& from, Row row)
{
    m_context.network.disconnect(id);
    m_record.network = {};
    auto& state = m_record.state;
    state.running = false;
    state.pid = 0;
    state.exit_code = record.status;
    state.finished_ns = record.exited_ns != 0 ? record.exited_ns : os::real_time_ns();
    if (record.started_ns != 0)
        state.started_ns = record.started_ns;
    m_record.run = record.run;
    m_last_keeper = std::exchange(m_keeper, nullptr);
    m_early_end.reset();
    m_phase = Phase::Idle;
    if (row == Row::Save)
        save();
    m_context.journal.record("die", id, from);
    m_changed.notify_all();
    if (record.out_of_memory)
        m_context.log.warning("container '" + name + "' ran out of memory");
    return std::exchange(m_waiters, {});
}

void Container::notify(Waiters waiters, int exit_code)
{
    for (auto const& [key, done] : waiters)
        done(exit_code);
}

void Container::save()
{
    auto const saved = m_context.store.save_run(m_record);
    if (!saved)
        m_context.log.error("cannot save the state of container '" + name + "': " + saved.error().message);
}

void Container::begin_adoption()
{
    MutexLock lock(m_mutex);
    m_phase = Phase::Starting;
}

void Container::adopted(std::shared_ptr<drivers::Keeper> keeper)
{
    auto const from = image_name();
    MutexLock lock(m_mutex);
    m_record.run = keeper->run();
    if (!m_record.network.ip_address.empty())
        m_context.network.adopt(id, m_record.network);
    enter_running(keeper);
    if (m_early_end && m_early_end->run == m_record.run)
        (void)finish_run(*m_early_end, from); // nobody can wait yet
}

void Container::found_ended(rpc::keeper::ExitRecord const& record)
{
    auto const from = image_name();
    MutexLock lock(m_mutex);
    (void)finish_run(record, from);
}

void Container::found_lost()
{
    auto const from = image_name();
    MutexLock lock(m_mutex);
    m_due = m_context.options.restart;
    (void)finish_run({ m_record.run, lost_exit_code, m_record.state.started_ns, os::real_time_ns(), false }, from,
        m_due ? Row::Leave : Row::Save);
}

} // namespace staithe::containers
