// The catalog of drivers: which are installed, which of them work here, and why the others do not. Opening a driver
// that is missing, untrusted or broken is an Error for whoever asked; the daemon itself always comes up.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>
#include <staithe/plugin.h>

#include "daemon/drivers/storage.hpp"

namespace staithe::drivers {

enum class DriverState { Ready, Unusable, Untrusted, Broken };

/// One line of `staithe drivers`. reason is empty for Ready, else the cause and where possible the fix.
struct DriverReport {
    staithe_kind kind = STAITHE_STORAGE;
    std::string name, summary, version, package, file;
    DriverState state = DriverState::Ready;
    std::string reason;
};

struct CatalogOptions {
    std::string directory; ///< where <kind>-<name>.so and .driver lie
    std::string host_program; ///< staithe-driver-host, absolute
    std::string state_dir; ///< drivers get <state_dir>/<kind>-<name>
    std::string run_dir; ///< drivers get <run_dir>/<kind>-<name>
    std::map<std::string, std::vector<std::pair<std::string, std::string>>> options; ///< by "<kind>.<name>"
    bool allow_untrusted =
        false; ///< for running from a build tree: skips the owner and mode checks of parent directories
    std::function<void(int32_t level, std::string_view line)>
        log; ///< drivers' log lines, from any thread; may be empty
};

/// An execution driver, ready to be given to a keeper: the checked file, opened once.
struct ExecutionImage {
    std::string name, state_dir, run_dir;
    std::vector<std::pair<std::string, std::string>> options;
    UniqueFd file;
};

class Catalog {
public:
    virtual ~Catalog() = default;

    /// Reads the side files; loads and executes nothing. Fails only if directory names nonsense, not if it is empty.
    static Result<std::unique_ptr<Catalog>> create(CatalogOptions);

    /// Every driver with its state. Probes, each in a process of its own and in parallel, those not probed before.
    virtual std::vector<DriverReport> report(Call const&) = 0;

    /// The face of a storage driver; shared because calls in flight may outlive the catalog's own interest.
    virtual Result<std::shared_ptr<StorageDriver>> storage(std::string_view name) = 0;
    virtual Result<ExecutionImage> execution(std::string_view name) = 0;
    /// Fetches http(s) URLs in an unprivileged process; the body goes to the sink. See drivers/fetch.cpp.
    virtual Result<void> fetch(Call const&, std::string_view url, Sink& into) = 0;
};

} // namespace staithe::drivers
