// Attaching: to a running container, before its first start, and after its end.
#include "daemon/containers/container.hpp"

#include <utility>

#include "daemon/os/file.hpp"

namespace staithe::containers {

namespace {

    /// Writing a reply's head takes no time, unless the client does not read.
    constexpr std::chrono::seconds patience { 5 };

} // namespace

Result<Container::Arrival> Container::admit()
{
    MutexLock lock(m_mutex);
    if (m_phase == Phase::Removing)
        return Error { STAITHE_NOT_FOUND, 0, "No such container: " + id };
    if (!m_parking.has_room())
        return Error { STAITHE_BUSY, 0, "too many clients wait for container '" + name + "' to start" };
    ++m_arrivals;
    return Arrival(shared_from_this());
}

void Container::arrived()
{
    MutexLock lock(m_mutex);
    --m_arrivals;
    m_changed.notify_all();
}

void Container::await_arrivals()
{
    auto const deadline = os::Deadline::after(patience);
    while (m_arrivals > 0 && !deadline.passed())
        m_changed.wait_for(m_mutex, std::chrono::milliseconds(100));
}

void Container::attach(std::string_view request_id, drivers::Client client)
{
    std::shared_ptr<drivers::Keeper> keeper;
    {
        MutexLock lock(m_mutex);
        if (m_phase == Phase::Starting) {
            m_parking.park(std::move(client));
            return;
        }
        keeper = m_keeper;
    }
    if (!keeper) {
        attach_idle(std::move(client), false);
        return;
    }
    auto spare = client.socket.duplicate();
    auto how = client.how;
    auto const taken = keeper->attach({ std::string(request_id) }, std::move(client));
    if (taken || !spare)
        return;
    // The keeper ends just now: its output is complete once the end was told.
    if (await_end(keeper->run(), std::chrono::seconds(2)))
        attach_idle({ std::move(how), std::move(spare).value() }, true);
    else
        m_context.log.warning("cannot attach to container '" + name + "': " + taken.error().message, request_id);
}

/// A container that has run and ended: stored output, then the end, since clients of the time would hang otherwise;
/// only one who asks for nothing but the stream waits for the next start.
void Container::attach_idle(drivers::Client client, bool was_running)
{
    bool const ever_ran = was_running || read([](store::ContainerRecord const& record) { return record.run > 0; });
    if (client.how.logs && ever_ran) {
        replay(std::move(client));
        return;
    }
    if (!client.how.stream || was_running)
        return;
    MutexLock lock(m_mutex);
    if (m_phase == Phase::Idle || m_phase == Phase::Starting) {
        m_parking.park(std::move(client));
        return;
    }
    if (m_phase != Phase::Running)
        return;
    auto const keeper = m_keeper; // it was started in between
    lock.unlock();
    (void)keeper->attach({ "attach" }, std::move(client));
}

void Container::replay(drivers::Client client)
{
    client.how.stream = false;
    auto directory = os::open_directory(m_context.directory_of(id));
    auto const replayed = directory
        ? m_context.keepers->replay(std::move(client), std::move(directory).value(), [](drivers::Client) {})
        : Result<void>(std::move(directory.error()));
    if (!replayed)
        m_context.log.warning("cannot replay the output of container '" + name + "': " + replayed.error().message);
}

} // namespace staithe::containers
