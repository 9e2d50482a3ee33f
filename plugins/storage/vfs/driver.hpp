// SPDX-License-Identifier: Apache-2.0
//
// Storage driver "vfs": every layer is a whole tree, a copy of its parent's with changes. Works on every file system;
// cheap where that shares blocks (btrfs, xfs). See staithe/storage.h for what each method promises.
//
// An image layer has no tree/ until it is unpacked or looked at; a file stamp beside it, made after the copy, tells
// what was changed since: all that has a later ctime.
#pragma once

#include <memory>

#include <staithe/cpp/storage.hpp>

#include "plugins/common/layers/differences.hpp"
#include "plugins/common/layers/layer_store.hpp"

namespace staithe::vfs {

class VfsDriver {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_STORAGE, "vfs",
        "Layers as full copies, on every file system", 1, 1 };

    static Result<void> probe(staithe_open const& where);
    static Result<std::unique_ptr<VfsDriver>> open(staithe_open const& where, Log log);

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
    VfsDriver() = default;
    /// Makes tree/ in the staged directory, as a copy of that of parent, with its stamp beside it.
    Result<UniqueFd> copy_parent(staithe_call const& call, int staged, std::string_view parent);
    /// The tree of a layer, copied from its parent first where it has none yet.
    Result<UniqueFd> tree_of(staithe_call const& call, std::string_view id);
    Result<UniqueFd> make_trees(staithe_call const& call, std::string_view id);
    /// Calls f with the comparison that tells how id differs from parent.
    Result<void> with_comparison(staithe_call const& call, std::string_view id, std::string_view parent,
        std::function<Result<void>(layers::Comparison const&)> const& f);

    std::unique_ptr<layers::LayerStore> m_store;
    Mutex m_making; ///< one missing tree is made at a time, since two callers may miss the same
};

} // namespace staithe::vfs
