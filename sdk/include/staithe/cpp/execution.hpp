// SPDX-License-Identifier: Apache-2.0
//
// Write a class with these methods and get an execution table. Nothing thrown in it gets across.
//
//     Result<void>            check(staithe_call const&, staithe_container const&);
//     Result<staithe_started> start(staithe_call const&, staithe_container const&);
//     Result<void>            signal(staithe_call const&, std::string_view id, int signo);
//     Result<void>            destroy(staithe_call const&, std::string_view id);
// and, where the driver can:
//     Result<pid_t>           enter(staithe_call const&, std::string_view id, staithe_process const&);
//     Result<void>            freeze(staithe_call const&, std::string_view id, bool frozen);
//     Result<std::string>     stats(staithe_call const&, std::string_view id);
#pragma once

#include <sys/types.h>

#include "../execution.h"
#include "plugin.hpp"

namespace staithe {

namespace detail {

    template <class T> void fill_optional(staithe_execution& t)
    {
        if constexpr (requires { &T::enter; })
            t.enter = [](void* self, staithe_call const* call, staithe_text id, staithe_process const* process,
                          int32_t* pid, staithe_error* error) -> staithe_code {
                return guarded(error, [&]() -> Result<void> {
                    *pid = STAITHE_TRY(static_cast<T*>(self)->enter(*call, view(id), *process));
                    return {};
                });
            };
        if constexpr (requires { &T::freeze; })
            t.freeze = [](void* self, staithe_call const* call, staithe_text id, bool frozen,
                           staithe_error* error) -> staithe_code {
                return guarded(error, [&] { return static_cast<T*>(self)->freeze(*call, view(id), frozen); });
            };
        if constexpr (requires { &T::stats; })
            t.stats = [](void* self, staithe_call const* call, staithe_text id, staithe_space* json,
                          staithe_error* error) -> staithe_code {
                return guarded(error, [&]() -> Result<void> {
                    return fill(json, STAITHE_TRY(static_cast<T*>(self)->stats(*call, view(id))));
                });
            };
    }

} // namespace detail

/// The table of class T; a method that T does not have is a NULL, answered as "unsupported".
template <class T> staithe_execution const& execution_table()
{
    static staithe_execution const table = [] {
        staithe_execution t {};
        t.struct_size = sizeof t;
        t.base = &driver_table<T>();
        t.check = [](void* self, staithe_call const* call, staithe_container const* container,
                      staithe_error* error) -> staithe_code {
            return guarded(error, [&] { return static_cast<T*>(self)->check(*call, *container); });
        };
        t.start = [](void* self, staithe_call const* call, staithe_container const* container, staithe_started* started,
                      staithe_error* error) -> staithe_code {
            return guarded(error, [&]() -> Result<void> {
                staithe_started const s = STAITHE_TRY(static_cast<T*>(self)->start(*call, *container));
                started->wait_pid = s.wait_pid;
                started->init_pid = s.init_pid;
                started->console = s.console;
                return {};
            });
        };
        t.signal = [](void* self, staithe_call const* call, staithe_text id, int32_t signo,
                       staithe_error* error) -> staithe_code {
            return guarded(error, [&] { return static_cast<T*>(self)->signal(*call, view(id), signo); });
        };
        t.destroy = [](void* self, staithe_call const* call, staithe_text id, staithe_error* error) -> staithe_code {
            return guarded(error, [&] { return static_cast<T*>(self)->destroy(*call, view(id)); });
        };
        detail::fill_optional<T>(t);
        return t;
    }();
    return table;
}

} // namespace staithe

/// Exports class T as the only driver of this plugin image.
#define STAITHE_EXECUTION_PLUGIN(T, id, version, license)                                                              \
    const staithe_plugin staithe_plugin_v1 =                                                                           \
        staithe::SingleDriverPlugin<T, staithe::execution_table<T>>::make(id, version, license)
