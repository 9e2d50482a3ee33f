// The daemon's face of one storage driver. Behind it is a staithe-driver-host process that is started on first use,
// replaced when it dies or hangs, and ended after the last call when the driver's file was upgraded.
//
// All functions are thread-safe and block at most until the call's deadline. A driver that crashes, hangs or answers
// nonsense gives an Error that names driver and function, for instance "storage driver 'overlay' died in mount()".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/stream.hpp>
#include <staithe/cpp/unique_fd.hpp>
#include <staithe/storage.h>

#include "daemon/drivers/call.hpp"

namespace staithe::drivers {

struct Change {
    std::string path;
    uint32_t kind = 0; ///< STAITHE_MODIFIED, STAITHE_ADDED, STAITHE_DELETED
};

enum class Writable : bool { No, Yes };

class StorageDriver {
public:
    virtual ~StorageDriver() = default;

    virtual std::string const& name() const = 0;

    // See staithe/storage.h for what each of these promises.
    virtual Result<void> create(Call const&, std::string_view id, std::string_view parent, Writable) = 0;
    virtual Result<void> remove(Call const&, std::string_view id) = 0;
    virtual Result<UniqueFd> mount(Call const&, std::string_view id, Writable) = 0;
    virtual Result<std::vector<std::string>> list(Call const&) = 0;
    /// A source that fails makes the whole call fail and the layer stay as it was.
    virtual Result<uint64_t> apply(Call const&, std::string_view id, Source& tar) = 0;
    virtual Result<void> diff(Call const&, std::string_view id, std::string_view parent, Sink& tar) = 0;
    /// root: a detached mount, of this driver or a keeper's clone.
    virtual Result<void> pack(Call const&, int root, std::string_view path, std::string_view prefix, Sink& tar) = 0;
    virtual Result<std::vector<Change>> changes(Call const&, std::string_view id, std::string_view parent) = 0;
    virtual Result<uint64_t> usage(Call const&, std::string_view id) = 0;
    virtual Result<std::string> tree_hash(Call const&, std::string_view id) = 0;
};

} // namespace staithe::drivers
