// Reading a container's files from outside, while it runs and when it does not.
#include "daemon/containers/container.hpp"

#include <utility>

#include <staithe/cpp/undo.hpp>

namespace staithe::containers {

Result<void> Container::read_root(drivers::Call const& call, RootReader const& read_from)
{
    auto const driver = read([](store::ContainerRecord const& record) { return record.storage_driver; });
    auto const storage = STAITHE_TRY(m_context.layers.driver(driver));
    drivers::Call const quick { call.request_id };
    auto const live = begin_reading();
    if (live.keeper) {
        Undo undo;
        undo.push([this] { end_reading(); });
        auto clone = live.keeper->root(quick);
        if (clone) {
            UniqueFd const root = std::move(clone).value(); // closed before it is said to be
            return read_from(*storage, root.get());
        }
        if (!await_end(live.run, std::chrono::seconds(2)))
            return std::move(clone.error());
    }
    await_release(quick); // it has ended, perhaps just now
    auto const root = STAITHE_TRY(storage->mount(quick, id, drivers::Writable::No));
    return read_from(*storage, root.get());
}

Container::Live Container::begin_reading()
{
    MutexLock lock(m_mutex);
    while (m_phase == Phase::Starting)
        m_changed.wait(m_mutex);
    if (m_keeper)
        ++m_readers;
    return { m_keeper, m_record.run };
}

void Container::end_reading()
{
    MutexLock lock(m_mutex);
    --m_readers;
    m_changed.notify_all();
}

Result<Container::Hold> Container::hold()
{
    MutexLock lock(m_mutex);
    while (m_phase == Phase::Starting)
        m_changed.wait(m_mutex);
    if (m_phase == Phase::Removing)
        return Error { STAITHE_NOT_FOUND, 0, "No such container: " + id };
    ++m_holds;
    return Hold(shared_from_this());
}

void Container::release()
{
    MutexLock lock(m_mutex);
    --m_holds;
}

Result<void> Container::await_readers(drivers::Call const& call)
{
    MutexLock lock(m_mutex);
    while (m_readers > 0) {
        int64_t const left = call.deadline.monotonic() - os::monotonic_ns();
        if (left <= 0)
            return Error { STAITHE_BUSY, 0, "its files are still being read by an export or copy of the last run" };
        m_changed.wait_for(m_mutex, std::chrono::nanoseconds(left));
    }
    return {};
}

} // namespace staithe::containers
