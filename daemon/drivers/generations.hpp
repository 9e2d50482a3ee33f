// The living process of one driver: started on first use, replaced when it died, and followed by the next generation
// when the driver's file was replaced. A generation ends when the last call on it has returned.
#pragma once

#include <optional>

#include "daemon/drivers/driver_directory.hpp"
#include "daemon/drivers/host_process.hpp"

namespace staithe::drivers {

/// How hosts are made; the same for all drivers of a catalog.
struct HostSettings {
    std::string program, state_dir, run_dir;
    std::map<std::string, std::vector<std::pair<std::string, std::string>>> options; // by "<kind>.<name>"
    LogLine log;

    /// What a host is told about a driver. Makes the driver's directories; a registry driver, which is nobody, has
    /// none.
    Result<HostProcess::Options> prepare(DriverId const&, rpc::driver::Purpose, uint32_t generation) const;
};

/// Thread-safe.
class Generations {
public:
    Generations(DriverDirectory const&, HostSettings const&, DriverId);

    DriverId const& id() const { return m_id; }
    /// shared: a call keeps its generation alive while the next one takes over.
    Result<std::shared_ptr<HostProcess>> current(Call const&);

    /// Asks the current generation; see HostProcess::ask().
    Result<Answer> ask(Call const&, rpc::driver::Call, Transfer&, int root = -1);

private:
    bool is_current() REQUIRES(m_mutex);
    Result<std::shared_ptr<HostProcess>> replace(Call const&);
    Result<std::shared_ptr<HostProcess>> start(Call const&, DriverFile);

    DriverDirectory const m_directory;
    HostSettings const m_settings;
    DriverId const m_id;

    Mutex m_mutex;
    CondVar m_changed;
    bool m_starting GUARDED_BY(m_mutex) = false;
    std::shared_ptr<HostProcess> m_host GUARDED_BY(m_mutex);
    std::optional<FileIdentity> m_identity GUARDED_BY(m_mutex); // of m_host's file, or of one that failed after it
    uint32_t m_generation GUARDED_BY(m_mutex) = 0;
};

} // namespace staithe::drivers
