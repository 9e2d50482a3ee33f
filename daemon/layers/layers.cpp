#include "daemon/layers/layers.hpp"

#include <utility>

#include "daemon/store/ownership.hpp"

namespace staithe::layers {

Layers::Layers(
    LayersOptions options, drivers::Catalog& catalog, os::Log& log, std::vector<store::LayerRecord> const& known)
    : m_options(std::move(options))
    , m_catalog(catalog)
    , m_log(log)
{
    for (auto const& layer : known)
        m_known[layer.driver].insert(layer.id);
}

Result<std::shared_ptr<drivers::StorageDriver>> Layers::driver(std::string_view name)
{
    auto driver = STAITHE_TRY(m_catalog.storage(name));
    MutexLock lock(m_mutex);
    // Nobody makes a layer that the sweep could mistake for a left-over; users of other drivers do not wait.
    while (m_sweeping.contains(name))
        m_changed.wait(m_mutex);
    if (!m_swept.emplace(name).second)
        return driver;
    auto const known = m_known.extract(driver->name());
    m_sweeping.emplace(name);
    lock.unlock();
    sweep(*driver, known.empty() ? std::set<std::string>() : known.mapped());
    lock.lock();
    m_sweeping.erase(std::string(name));
    m_changed.notify_all();
    return driver;
}

Result<void> Layers::create(drivers::Call const& call, store::LayerRecord const& layer, drivers::Writable writable)
{
    auto const holder = STAITHE_TRY(driver(layer.driver));
    return holder->create(call, layer.id, layer.parent, writable);
}

void Layers::discard(drivers::Call const& call, std::string const& name, std::string const& id)
{
    auto const holder = driver(name);
    auto removed = holder ? holder.value()->remove(call, id) : Result<void>(holder.error());
    if (!removed && removed.error().code == STAITHE_CONFLICT) {
        keep_for_later(name, id);
        removed = holder.value()->remove(call, id); // what was on top of it may have gone meanwhile
        if (!removed && removed.error().code == STAITHE_CONFLICT)
            return m_log.info("layer '" + id + "' goes when nothing is on top of it any more", call.request_id);
    }
    if (removed)
        return discard_uncovered(call, *holder.value());
    m_log.warning("cannot remove layer '" + id + "' of storage driver '" + name
            + "', which will be tried again at the next start: " + removed.error().message,
        call.request_id);
}

/// Two removals at once may meet a parent before its child.
void Layers::keep_for_later(std::string const& driver, std::string const& id)
{
    MutexLock lock(m_mutex);
    m_covered[driver].insert(id);
}

/// What could not be removed because the layer that is gone now was on top of it.
void Layers::discard_uncovered(drivers::Call const& call, drivers::StorageDriver& driver)
{
    MutexLock lock(m_mutex);
    auto const covered = m_covered.extract(driver.name());
    lock.unlock();
    if (!covered.empty())
        for (auto const& id : covered.mapped())
            discard(call, driver.name(), id);
}

/// The mark lies beside the driver's directory, which is the driver's own.
bool Layers::owns(drivers::StorageDriver& driver, bool empty)
{
    auto const ours =
        store::owns(m_options.driver_state_dir + "/storage-" + driver.name() + ".owner", m_options.identity, empty);
    if (!ours)
        m_log.warning(ours.error().message);
    return ours && ours.value();
}

void Layers::sweep(drivers::StorageDriver& driver, std::set<std::string> const& known)
{
    drivers::Call const call { "sweep" };
    auto const present = driver.list(call);
    if (!present) {
        m_log.warning("cannot look for left-over layers: " + present.error().message);
        return;
    }
    bool const ours = owns(driver, present.value().empty());
    std::set<std::string> left_over(present.value().begin(), present.value().end());
    for (auto const& id : known)
        left_over.erase(id);
    if (!ours && !left_over.empty())
        m_log.warning("storage driver '" + driver.name() + "' holds " + std::to_string(left_over.size())
            + " layers that belong to another state database; they are left alone");
    size_t const removed = ours ? remove_all(call, driver, std::move(left_over)) : 0;
    if (removed > 0)
        m_log.info(
            "removed " + std::to_string(removed) + " unfinished layers of storage driver '" + driver.name() + "'");
}

/// A layer goes after those on top of it, so that several rounds may be needed: how many went.
size_t Layers::remove_all(drivers::Call const& call, drivers::StorageDriver& driver, std::set<std::string> ids)
{
    size_t const all = ids.size();
    std::map<std::string, std::string> failures;
    for (size_t before = all + 1; !ids.empty() && ids.size() < before;) {
        before = ids.size();
        std::erase_if(ids, [&](std::string const& id) {
            auto const gone = driver.remove(call, id);
            if (!gone)
                failures[id] = gone.error().message;
            return bool(gone);
        });
    }
    for (auto const& id : ids)
        m_log.warning("cannot remove left-over layer '" + id + "': " + failures[id]);
    return all - ids.size();
}

} // namespace staithe::layers
