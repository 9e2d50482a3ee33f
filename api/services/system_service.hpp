// What the API can ask about the daemon as a whole, its drivers included.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::api {

struct SystemInfo {
    bool debug = false;
    int64_t containers = 0, images = 0;
    int open_files = 0, threads = 0, event_listeners = 0;
    bool memory_limit = false, swap_limit = false, ipv4_forwarding = false;
    std::string kernel_version, execution_driver, storage_driver, root_dir;
};

struct SystemVersion {
    std::string version, git_commit, compiler;
};

struct DriverInfo {
    std::string kind, name, summary, version, package, file;
    std::string state; ///< "ready", "unusable", "untrusted", "broken"
    std::string reason; ///< cause and fix; empty when ready
    bool is_default = false;
};

class SystemService {
public:
    virtual ~SystemService() = default;
    virtual Result<SystemInfo> info() = 0;
    virtual SystemVersion version() = 0;
};

class DriverService {
public:
    virtual ~DriverService() = default;
    /// Every installed driver; the ones that cannot work here come with the reason.
    virtual Result<std::vector<DriverInfo>> drivers(std::string_view request_id) = 0;
};

} // namespace staithe::api
