// Names of drivers, as they come from configuration, file names and clients.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <staithe/plugin.h>

namespace staithe::drivers {

/// [a-z0-9][a-z0-9_-]{0,63}: nothing that could be a path.
bool is_driver_name(std::string_view);

/// "storage" → STAITHE_STORAGE
std::optional<staithe_kind> kind_from(std::string_view);

struct DriverId {
    staithe_kind kind = STAITHE_STORAGE;
    std::string name;

    /// "storage-overlay": the name of its files.
    std::string stem() const;
    /// "storage driver 'overlay'": for people.
    std::string describe() const;
    friend bool operator<(DriverId const& a, DriverId const& b)
    {
        return a.kind != b.kind ? a.kind < b.kind : a.name < b.name;
    }
};

/// From "storage-overlay".
std::optional<DriverId> driver_id_from(std::string_view stem);

} // namespace staithe::drivers
