// What the layers of images were when they were made, so that it can be said later whether they still are.
//
// Two digests of each layer are taken from its driver: the tree hash and that of its difference to the parent. They are
// recorded in the background soon after a layer was made, so that nobody who makes an image waits for them; a layer
// that a stopped daemon has not come to is recorded once images are used again, or when somebody asks: a daemon at rest
// starts no driver for it. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/worker.hpp>

#include "daemon/drivers/call.hpp"
#include "daemon/layers/layers.hpp"
#include "daemon/os/log.hpp"
#include "daemon/store/store.hpp"

namespace staithe::layers {

class Digests {
public:
    /// How long what made a layer has the machine for itself before the layer is read again.
    static constexpr std::chrono::milliseconds usual_delay { 3000 };

    Digests(Layers&, store::Store&, os::Log&, std::chrono::milliseconds delay);
    ~Digests();
    Digests(Digests const&) = delete;
    Digests& operator=(Digests const&) = delete;

    /// A layer of an image that an earlier daemon made.
    void know(store::LayerRecord) EXCLUDES(m_mutex);
    /// A layer whose row is about to be written; forget() it if it is not.
    void add(store::LayerRecord) EXCLUDES(m_mutex);
    /// Images are being used: what earlier daemons have left is recorded too. Costs nothing where there is nothing.
    void catch_up();
    /// Its row is gone.
    void forget(std::string const& id) EXCLUDES(m_mutex);

    /// The layer and its parents, topmost first; ends with the first one that nobody knows.
    std::vector<std::string> chain(std::string const& id) const EXCLUDES(m_mutex);
    /// What is wrong with this one layer; empty: nothing. Reads all of it; what was not recorded yet is recorded.
    std::string problem(std::string_view request_id, std::string const& id) EXCLUDES(m_mutex);

private:
    struct Sums {
        std::string tree_hash, diff_digest;
    };
    Result<Sums> compute(std::string_view request_id, store::LayerRecord const&);
    void record(std::string const& id, Sums) EXCLUDES(m_mutex);
    bool knows(std::string const& id) const EXCLUDES(m_mutex);
    void work() EXCLUDES(m_mutex);
    std::vector<store::LayerRecord> unrecorded() const EXCLUDES(m_mutex);

    Layers& m_layers;
    store::Store& m_store;
    os::Log& m_log;
    std::chrono::milliseconds const m_delay;
    drivers::CancelFlag const m_stop;
    std::atomic<bool> m_behind = false;
    mutable Mutex m_mutex;
    CondVar m_changed;
    std::map<std::string, store::LayerRecord> m_records GUARDED_BY(m_mutex);
    Worker m_worker; ///< last: it uses the others
};

} // namespace staithe::layers
