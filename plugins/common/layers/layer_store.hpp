// SPDX-License-Identifier: Apache-2.0
//
// Where a storage driver keeps its layers, in its state directory:
//
//     layers/<id>/              one layer
//         parent-<id>           an empty file: whose child it is, told by directory entries alone
//         writable              an empty file: it is a container's
//         used                  an empty file: something was unpacked into it, or it was mounted writable
//         tree/                 what is in it; the rest is the driver's
//     staging/                  layers being made; rubbish at start
//     trash/                    layers being freed
//
// A layer appears and disappears by one rename. What was unpacked is synced before its maker returns.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/plugin.hpp>
#include <staithe/storage.h>

#include "plugins/common/layers/reaper.hpp"

namespace staithe::layers {

/// [0-9a-f]{64}, also with a suffix "-[a-z]+"; STAITHE_INVALID for anything else. Comes before every path.
Result<void> check_id(std::string_view id);

struct LayerFacts {
    std::string parent; ///< empty: none
    bool writable = false;
};

/// A directory in staging/ that becomes a layer, or goes to the trash when it does not.
class StagedLayer {
public:
    StagedLayer(StagedLayer&&) noexcept;
    StagedLayer& operator=(StagedLayer&&) = delete;
    ~StagedLayer();
    int fd() const { return m_fd.get(); }

private:
    friend class LayerStore;
    StagedLayer(class LayerStore& store, std::string name, UniqueFd fd);
    class LayerStore* m_store;
    std::string m_name;
    UniqueFd m_fd;
};

/// What a tree is that is put in place.
enum class Use { ParentsCopy, Content };

/// Must a new layer survive a power cut? Only where it has something that cannot be made again.
enum class Durable { Yes, No };

/// Thread-safe; the caller serialises what concerns one layer.
class LayerStore {
public:
    static Result<std::unique_ptr<LayerStore>> open(std::string_view state_directory, Log log);
    ~LayerStore();

    int fd() const { return m_root.get(); }
    /// STAITHE_NOT_FOUND for an unknown id.
    Result<LayerFacts> facts(std::string_view id) const;
    /// The layer and all its parents, topmost first.
    Result<std::vector<std::string>> chain(std::string_view id) const;
    /// A directory of a layer: "tree", or "" for the layer's own.
    Result<UniqueFd> open_layer(std::string_view id, char const* part) const;
    Result<std::vector<std::pair<std::string, LayerFacts>>> list() const;
    Result<void> visit(std::function<bool(staithe_layer const&)> const& visitor) const;

    /// An empty directory for a layer, after checking that the layer may be made: STAITHE_INVALID, STAITHE_EXISTS,
    /// STAITHE_NOT_FOUND.
    Result<StagedLayer> stage_new(staithe_layer const& layer);
    /// The staged directory becomes the layer.
    Result<void> commit_new(StagedLayer staged, staithe_layer const& layer, Durable durable = Durable::Yes);

    /// An empty directory for the work on a layer that exists.
    Result<StagedLayer> stage(std::string_view id);
    /// tree/ of the staged directory becomes tree/ of the layer, durably with everything in it; the old one is freed.
    /// With content of its own the layer is used.
    Result<void> commit_tree(StagedLayer staged, std::string_view id, Use use);
    /// STAITHE_CONFLICT for a layer that is used: only a fresh one may be unpacked into.
    Result<void> check_fresh(std::string_view id) const;
    /// To be called, with the layer's own directory, before somebody may write to it.
    static Result<void> mark_used(int layer);

    /// Renamed away, freed later; not synced.
    Result<void> remove(std::string_view id);

    /// Waits until the trash is empty; for tests.
    void settle() { m_reaper->settle(); }

private:
    friend class StagedLayer;
    LayerStore() = default;
    Result<void> open_directories(std::string_view state_directory);
    Result<void> load();
    void discard(std::string const& staged);
    Result<LayerFacts> read_facts(std::string const& id) const;

    UniqueFd m_root, m_layers, m_staging, m_trash;
    std::unique_ptr<Reaper> m_reaper;
    mutable Mutex m_mutex;
    std::map<std::string, LayerFacts, std::less<>> m_facts GUARDED_BY(m_mutex);
    std::atomic<uint64_t> m_counter = 0;
};

/// Makes tree/ in a layer being made: root's, 0755, of the year 1970 until somebody says otherwise, so that equal
/// layers are equal.
Result<UniqueFd> make_tree(int layer);

} // namespace staithe::layers
