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
    auto const removed = holder ? holder.value()->remove(call, id) : Result<void>(holder.error());
    if (!removed)
        m_log.warning("cannot remove layer '" + id + "' of storage driver '" + name
                + "', which will be tried again at the next start: " + removed.error().message,
            call.request_id);
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
    size_t removed = 0, foreign = 0;
    bool const ours = owns(driver, present.value().empty());
    for (auto const& id : present.value()) {
        if (known.contains(id))
            continue;
        if (!ours)
            ++foreign;
        else if (auto const gone = driver.remove(call, id); gone)
            ++removed;
        else
            m_log.warning("cannot remove left-over layer '" + id + "': " + gone.error().message);
    }
    if (removed > 0)
        m_log.info(
            "removed " + std::to_string(removed) + " unfinished layers of storage driver '" + driver.name() + "'");
    if (foreign > 0)
        m_log.warning("storage driver '" + driver.name() + "' holds " + std::to_string(foreign)
            + " layers that belong to another state database; they are left alone");
}

} // namespace staithe::layers
