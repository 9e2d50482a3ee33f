// SPDX-License-Identifier: Apache-2.0
//
// PROVISIONAL, like registry.h. Write a class with these methods and get a registry table:
//
//     Result<void> ping(staithe_call const&, staithe_endpoint const&);
//     Result<void> manifest(staithe_call const&, staithe_endpoint const&, std::string_view repository,
//                           std::string_view reference, Sink&);
//     Result<void> fetch(staithe_call const&, staithe_endpoint const&, std::string_view repository,
//                        std::string_view digest, uint64_t offset, Sink&);
//     Result<void> push(staithe_call const&, staithe_endpoint const&, std::string_view repository,
//                       std::string_view digest, Source&);
#pragma once

#include "../registry.h"
#include "plugin.hpp"
#include "stream.hpp"

namespace staithe {

template <class T> staithe_registry const& registry_table()
{
    static staithe_registry const table = [] {
        staithe_registry t {};
        t.struct_size = sizeof t;
        t.base = &driver_table<T>();
        t.ping = [](void* self, staithe_call const* call, staithe_endpoint const* at,
                     staithe_error* error) -> staithe_code {
            return guarded(error, [&] { return static_cast<T*>(self)->ping(*call, *at); });
        };
        t.manifest = [](void* self, staithe_call const* call, staithe_endpoint const* at, staithe_text repository,
                         staithe_text reference, staithe_sink* out, staithe_error* error) -> staithe_code {
            return guarded(error, [&] {
                BorrowedSink sink(*out);
                return static_cast<T*>(self)->manifest(*call, *at, view(repository), view(reference), sink);
            });
        };
        t.fetch = [](void* self, staithe_call const* call, staithe_endpoint const* at, staithe_text repository,
                      staithe_text digest, uint64_t offset, staithe_sink* out, staithe_error* error) -> staithe_code {
            return guarded(error, [&] {
                BorrowedSink sink(*out);
                return static_cast<T*>(self)->fetch(*call, *at, view(repository), view(digest), offset, sink);
            });
        };
        t.push = [](void* self, staithe_call const* call, staithe_endpoint const* at, staithe_text repository,
                     staithe_text digest, staithe_source* in, staithe_error* error) -> staithe_code {
            return guarded(error, [&] {
                BorrowedSource source(*in);
                return static_cast<T*>(self)->push(*call, *at, view(repository), view(digest), source);
            });
        };
        return t;
    }();
    return table;
}

} // namespace staithe

/// Exports class T as the only driver of this plugin image.
#define STAITHE_REGISTRY_PLUGIN(T, id, version, license)                                                               \
    const staithe_plugin staithe_plugin_v1 =                                                                           \
        staithe::SingleDriverPlugin<T, staithe::registry_table<T>>::make(id, version, license)
