// SPDX-License-Identifier: Apache-2.0
//
// Write a class with these methods and get a storage table. Nothing thrown in it gets across.
//
//     Result<void>        create(staithe_call const&, staithe_layer const&);
//     Result<void>        remove(staithe_call const&, std::string_view id);
//     Result<UniqueFd>    mount(staithe_call const&, std::string_view id, bool writable);
//     Result<void>        list(staithe_call const&, std::function<bool(staithe_layer const&)> const&);
// and, each only where the driver can do better than the daemon's generic way:
//     Result<uint64_t>    apply(staithe_call const&, std::string_view id, Source&);
//     Result<void>        diff(staithe_call const&, std::string_view id, std::string_view parent, Sink&);
//     Result<void>        changes(staithe_call const&, std::string_view id, std::string_view parent,
//                                 std::function<bool(staithe_change const&)> const&);
//     Result<uint64_t>    usage(staithe_call const&, std::string_view id);
//     Result<void>        pack(staithe_call const&, int root, std::string_view path, std::string_view prefix, Sink&);
//     Result<std::string> tree_hash(staithe_call const&, std::string_view id);
#pragma once

#include <functional>

#include "../storage.h"
#include "plugin.hpp"
#include "stream.hpp"

namespace staithe {

namespace detail {

    template <class T> void fill_required(staithe_storage& t)
    {
        t.create = [](void* self, staithe_call const* call, staithe_layer const* layer,
                       staithe_error* error) -> staithe_code {
            return guarded(error, [&] { return static_cast<T*>(self)->create(*call, *layer); });
        };
        t.remove = [](void* self, staithe_call const* call, staithe_text id, staithe_error* error) -> staithe_code {
            return guarded(error, [&] { return static_cast<T*>(self)->remove(*call, view(id)); });
        };
        t.mount = [](void* self, staithe_call const* call, staithe_text id, bool writable, int32_t* fd,
                      staithe_error* error) -> staithe_code {
            return guarded(error, [&]() -> Result<void> {
                *fd = STAITHE_TRY(static_cast<T*>(self)->mount(*call, view(id), writable)).release();
                return {};
            });
        };
        t.list = [](void* self, staithe_call const* call, staithe_layer_visitor visit, void* ctx,
                     staithe_error* error) -> staithe_code {
            return guarded(error, [&] {
                return static_cast<T*>(self)->list(
                    *call, [&](staithe_layer const& layer) { return visit(ctx, &layer); });
            });
        };
    }

    template <class T> void fill_streams(staithe_storage& t)
    {
        if constexpr (requires { &T::apply; })
            t.apply = [](void* self, staithe_call const* call, staithe_text id, staithe_source* tar, uint64_t* bytes,
                          staithe_error* error) -> staithe_code {
                return guarded(error, [&]() -> Result<void> {
                    BorrowedSource source(*tar);
                    *bytes = STAITHE_TRY(static_cast<T*>(self)->apply(*call, view(id), source));
                    return {};
                });
            };
        if constexpr (requires { &T::diff; })
            t.diff = [](void* self, staithe_call const* call, staithe_text id, staithe_text parent, staithe_sink* tar,
                         staithe_error* error) -> staithe_code {
                return guarded(error, [&] {
                    BorrowedSink sink(*tar);
                    return static_cast<T*>(self)->diff(*call, view(id), view(parent), sink);
                });
            };
        if constexpr (requires { &T::pack; })
            t.pack = [](void* self, staithe_call const* call, int32_t root, staithe_text path, staithe_text prefix,
                         staithe_sink* tar, staithe_error* error) -> staithe_code {
                return guarded(error, [&] {
                    BorrowedSink sink(*tar);
                    return static_cast<T*>(self)->pack(*call, root, view(path), view(prefix), sink);
                });
            };
    }

    template <class T> void fill_answers(staithe_storage& t)
    {
        if constexpr (requires { &T::changes; })
            t.changes = [](void* self, staithe_call const* call, staithe_text id, staithe_text parent,
                            staithe_change_visitor visit, void* ctx, staithe_error* error) -> staithe_code {
                return guarded(error, [&] {
                    return static_cast<T*>(self)->changes(*call, view(id), view(parent),
                        [&](staithe_change const& change) { return visit(ctx, &change); });
                });
            };
        if constexpr (requires { &T::usage; })
            t.usage = [](void* self, staithe_call const* call, staithe_text id, uint64_t* bytes,
                          staithe_error* error) -> staithe_code {
                return guarded(error, [&]() -> Result<void> {
                    *bytes = STAITHE_TRY(static_cast<T*>(self)->usage(*call, view(id)));
                    return {};
                });
            };
        if constexpr (requires { &T::tree_hash; })
            t.tree_hash = [](void* self, staithe_call const* call, staithe_text id, staithe_space* digest,
                              staithe_error* error) -> staithe_code {
                return guarded(error, [&]() -> Result<void> {
                    return fill(digest, STAITHE_TRY(static_cast<T*>(self)->tree_hash(*call, view(id))));
                });
            };
    }

} // namespace detail

/// The table of class T; a method that T does not have is a NULL that the daemon works round.
template <class T> staithe_storage const& storage_table()
{
    static staithe_storage const table = [] {
        staithe_storage t {};
        t.struct_size = sizeof t;
        t.base = &driver_table<T>();
        detail::fill_required<T>(t);
        detail::fill_streams<T>(t);
        detail::fill_answers<T>(t);
        return t;
    }();
    return table;
}

} // namespace staithe

/// Exports class T as the only driver of this plugin image.
#define STAITHE_STORAGE_PLUGIN(T, id, version, license)                                                                \
    const staithe_plugin staithe_plugin_v1 =                                                                           \
        staithe::SingleDriverPlugin<T, staithe::storage_table<T>>::make(id, version, license)
