// The directory of installed drivers: what lies there, whether it may be trusted, and the opened files of one driver.
#pragma once

#include <vector>

#include "daemon/drivers/side_file.hpp"
#include "daemon/drivers/trusted_file.hpp"

namespace staithe::drivers {

/// A driver that passed every check that needs no code of it: this very file is what gets loaded.
struct DriverFile {
    SideFile side;
    UniqueFd image;
    FileIdentity identity;
};

/// Thread-safe; holds no state but the path, so that drivers come and go while the daemon runs.
class DriverDirectory {
public:
    DriverDirectory(std::string path, ParentCheck);

    std::string const& path() const { return m_path; }
    std::string image_path(DriverId const&) const;

    /// Every name that some file in the directory claims, sorted; nothing when there is no directory.
    std::vector<DriverId> list() const;
    /// STAITHE_NOT_FOUND, STAITHE_DENIED (not to be trusted) or STAITHE_INVALID (not a driver for us), with the cause.
    Result<DriverFile> open(DriverId const&) const;
    /// What lies there now, quickly and without a judgement.
    Result<FileIdentity> identity(DriverId const&) const;
    /// The side file alone.
    Result<SideFile> side_file(DriverId const&) const;

private:
    Result<SideFile> side_file_in(int directory, DriverId const&) const;

    std::string m_path;
    ParentCheck m_check;
};

} // namespace staithe::drivers
