// The layers of this daemon across all storage drivers: which there are, and which driver holds each.
//
// A driver's left-overs (layers that a killed daemon had begun and no row names) are swept once, when the driver is
// used for the first time: so a daemon that starts no container starts no driver.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <staithe/cpp/mutex.hpp>

#include "daemon/drivers/catalog.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/records.hpp"

namespace staithe::layers {

struct LayersOptions {
    std::string default_driver;
    std::string driver_state_dir; ///< where drivers have <kind>-<name>; the owner's mark lies beside
    std::string identity; ///< of the store
};

class Layers {
public:
    Layers(LayersOptions, drivers::Catalog&, os::Log&, std::vector<store::LayerRecord> const& known);

    std::string const& default_driver() const { return m_options.default_driver; }

    /// The driver, ready and swept. shared: calls in flight may outlive the caller's interest.
    Result<std::shared_ptr<drivers::StorageDriver>> driver(std::string_view name) EXCLUDES(m_mutex);

    /// Makes a layer; on success it is the caller's duty to write its row or to discard() it.
    Result<void> create(drivers::Call const&, store::LayerRecord const&, drivers::Writable) EXCLUDES(m_mutex);
    /// Removes a layer whose row is gone (or never was). A layer that others are
    /// on top of goes after them; any other failure is logged, and the layer is swept another time.
    void discard(drivers::Call const&, std::string const& driver, std::string const& id) EXCLUDES(m_mutex);

private:
    void sweep(drivers::StorageDriver&, std::set<std::string> const& known) EXCLUDES(m_mutex);
    bool owns(drivers::StorageDriver&, bool empty);
    size_t remove_all(drivers::Call const&, drivers::StorageDriver&, std::set<std::string> ids);
    void keep_for_later(std::string const& driver, std::string const& id) EXCLUDES(m_mutex);
    void discard_uncovered(drivers::Call const&, drivers::StorageDriver&) EXCLUDES(m_mutex);

    LayersOptions m_options;
    drivers::Catalog& m_catalog;
    os::Log& m_log;
    Mutex m_mutex;
    CondVar m_changed;
    std::set<std::string, std::less<>> m_swept GUARDED_BY(m_mutex), m_sweeping GUARDED_BY(m_mutex);
    std::map<std::string, std::set<std::string>, std::less<>> m_known GUARDED_BY(m_mutex); ///< by driver, until swept
    std::map<std::string, std::set<std::string>, std::less<>> m_covered GUARDED_BY(m_mutex); ///< by driver: to go later
};

} // namespace staithe::layers
