// A driver image: loaded from an open descriptor, its versions compared before anything in it is called, one driver of
// it probed or opened.
#pragma once

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/execution.h>
#include <staithe/registry.h>
#include <staithe/storage.h>

#include "daemon/driver-host/outbox.hpp"

namespace staithe::driver_host {

/// One per process, never unloaded.
class Image {
public:
    /// Runs the image's constructors. Each step is announced to the daemon as a Stage, so that it can name the function
    /// that never came back. On failure stage() is where.
    Result<void> load(UniqueFd file, rpc::driver::Load const&, Outbox&);
    Result<void> probe(rpc::driver::Load const&, Outbox&);
    /// Also checks that every required function is there.
    Result<void> open(rpc::driver::Load const&, Outbox&);
    /// quiesce, close, deinit. No call is under way.
    void close();

    rpc::driver::Function stage() const { return m_stage; }
    rpc::driver::Loaded describe() const;

    void* self() const { return m_self; }
    staithe_storage const* storage() const { return static_cast<staithe_storage const*>(m_table); }
    staithe_driver const* base() const { return m_base; }

private:
    void enter(rpc::driver::Function, Outbox&);
    Result<void> negotiate() const;
    Result<void> find_driver(rpc::driver::Load const&);
    Result<void> check_table(staithe_kind);

    staithe_plugin const* m_plugin = nullptr;
    staithe_driver_info const* m_info = nullptr;
    void* m_self = nullptr;
    void const* m_table = nullptr;
    staithe_driver const* m_base = nullptr;
    rpc::driver::Function m_stage = rpc::driver::Function::Dlopen;
};

} // namespace staithe::driver_host
