// SPDX-License-Identifier: Apache-2.0
//
// From C++ classes to the tables of a plugin. What every kind of driver shares; see storage.hpp and execution.hpp for
// the tables themselves, and the end of this file for the entry symbol.
#pragma once

#include <poll.h>

#include <ctime>
#include <string>
#include <string_view>

#include "../plugin.h"
#include "text.hpp"
#include "unique_fd.hpp"

namespace staithe {

/// The host's log from C++; a default-made one is silent.
class Log {
public:
    Log() = default;
    explicit Log(staithe_host const* host)
        : m_host(host)
    {
    }
    void operator()(int32_t level, std::string_view message) const
    {
        if (m_host)
            m_host->log(m_host, level, text(message), { nullptr, 0 });
    }

private:
    staithe_host const* m_host = nullptr;
};

/// Has the caller asked to stop, or did the deadline pass? Also where the caller left `cancelled` out.
inline bool is_cancelled(staithe_call const& call)
{
    if (call.cancelled)
        return call.cancelled(&call);
    pollfd asked { call.cancel_fd, POLLIN, 0 };
    if (call.cancel_fd >= 0 && ::poll(&asked, 1, 0) > 0)
        return true;
    timespec now {};
    return call.deadline_ns > 0 && ::clock_gettime(CLOCK_MONOTONIC, &now) == 0
        && int64_t { now.tv_sec } * 1'000'000'000 + now.tv_nsec >= call.deadline_ns;
}

/// Stops a long loop: `STAITHE_TRY(proceed(call));`
inline Result<void> proceed(staithe_call const& call)
{
    if (is_cancelled(call))
        return Error { STAITHE_CANCELLED, 0, "cancelled" };
    return {};
}

/// The value of an option, or a default.
inline std::string_view option(staithe_pairs pairs, std::string_view key, std::string_view otherwise = {})
{
    for (size_t i = 0; i < pairs.size; ++i)
        if (view(pairs.data[i].key) == key)
            return view(pairs.data[i].value);
    return otherwise;
}

/// The base table of class T. T may have `Result<std::string> status(staithe_call const&)` and
/// `Result<void> quiesce(staithe_call const&)`; its destructor is close().
template <class T> staithe_driver const& driver_table()
{
    static staithe_driver const table = [] {
        staithe_driver t {};
        t.struct_size = sizeof t;
        t.close = [](void* self) { delete static_cast<T*>(self); };
        if constexpr (requires { &T::status; })
            t.status = [](void* self, staithe_call const* call, staithe_space* json,
                           staithe_error* error) -> staithe_code {
                return guarded(error,
                    [&]() -> Result<void> { return fill(json, STAITHE_TRY(static_cast<T*>(self)->status(*call))); });
            };
        if constexpr (requires { &T::quiesce; })
            t.quiesce = [](void* self, staithe_call const* call, staithe_error* error) -> staithe_code {
                return guarded(error, [&] { return static_cast<T*>(self)->quiesce(*call); });
            };
        return t;
    }();
    return table;
}

/// The plugin table for an image with exactly one driver, class T, which has
///     static constexpr staithe_driver_info info;                              of T's kind
///     static Result<void> probe(staithe_open const&);
///     static Result<std::unique_ptr<T>> open(staithe_open const&, Log);
/// Table is storage_table<T>, execution_table<T> or registry_table<T>.
template <class T, auto Table> struct SingleDriverPlugin {
    static inline staithe_host const* host = nullptr;

    static constexpr staithe_plugin make(char const* id, char const* version, char const* license)
    {
        staithe_plugin p {};
        p.struct_size = sizeof p;
        p.abi_major = STAITHE_ABI_MAJOR;
        p.abi_minor = STAITHE_ABI_MINOR;
        p.id = id;
        p.version = version;
        p.license = license;
        p.driver = [](size_t index) -> staithe_driver_info const* { return index == 0 ? &T::info : nullptr; };
        p.init = [](staithe_host const* given, staithe_error*) -> staithe_code {
            host = given;
            return STAITHE_OK;
        };
        p.probe = [](char const*, staithe_open const* where, staithe_error* error) -> staithe_code {
            return guarded(error, [&] { return T::probe(*where); });
        };
        p.open = [](char const*, staithe_open const* where, void** self, void const** table,
                     staithe_error* error) -> staithe_code {
            return guarded(error, [&]() -> Result<void> {
                *self = STAITHE_TRY(T::open(*where, Log(host))).release();
                *table = &Table();
                return {};
            });
        };
        p.deinit = [] { host = nullptr; };
        return p;
    }
};

} // namespace staithe
