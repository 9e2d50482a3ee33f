// SPDX-License-Identifier: Apache-2.0
//
// Storage driver "overlay": a layer is a directory, an image or container is an overlayfs mount of several.
//
// A layer's tree/ is what overlayfs calls an upper directory while it is written to and a lower one ever after.
// Archives are unpacked through a mount, so that names resolve through the layers below and the kernel writes the
// whiteouts; the unpacker needs no privilege for that. See staithe/storage.h for what each method promises.
#pragma once

#include <memory>

#include <staithe/cpp/storage.hpp>

#include "plugins/common/layers/differences.hpp"
#include "plugins/common/layers/layer_store.hpp"
#include "plugins/storage/overlay/mounter.hpp"

namespace staithe::overlay {

class OverlayDriver {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_STORAGE, "overlay",
        "Layers as overlayfs directories", 1, 1 };

    static Result<void> probe(staithe_open const& where);
    static Result<std::unique_ptr<OverlayDriver>> open(staithe_open const& where, Log log);

    Result<std::string> status(staithe_call const& call);
    Result<void> create(staithe_call const& call, staithe_layer const& layer);
    Result<void> remove(staithe_call const& call, std::string_view id);
    Result<UniqueFd> mount(staithe_call const& call, std::string_view id, bool writable);
    Result<void> list(staithe_call const& call, std::function<bool(staithe_layer const&)> const& visitor);
    Result<uint64_t> apply(staithe_call const& call, std::string_view id, Source& tar);
    Result<void> diff(staithe_call const& call, std::string_view id, std::string_view parent, Sink& tar);
    Result<void> changes(staithe_call const& call, std::string_view id, std::string_view parent,
        std::function<bool(staithe_change const&)> const& visitor);
    Result<uint64_t> usage(staithe_call const& call, std::string_view id);
    Result<void> pack(staithe_call const& call, int root, std::string_view path, std::string_view prefix, Sink& tar);
    Result<std::string> tree_hash(staithe_call const& call, std::string_view id);

private:
    OverlayDriver() = default;
    /// The directories of layers, topmost first.
    Result<std::vector<UniqueFd>> open_trees(std::vector<std::string> const& ids) const;
    /// The layer with all its parents, read-only, its own tree as the topmost lower directory.
    Result<UniqueFd> mount_read_only(std::string_view id);
    /// The root directory of that, to read from.
    Result<UniqueFd> view_of(std::string_view id);
    /// Calls f with the comparison that tells how id differs from parent.
    Result<void> with_comparison(
        std::string_view id, std::string_view parent, std::function<Result<void>(layers::Comparison const&)> const& f);

    std::unique_ptr<layers::LayerStore> m_store;
    std::unique_ptr<Mounter> m_mounter;
};

} // namespace staithe::overlay
