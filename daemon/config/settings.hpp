// The one table of settings: flags, file keys, --help and SIGHUP all read it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config.hpp"

namespace staithe::config {

enum class Shape { Switch, Value };
enum class Where { Flag, FlagAndFile };
enum class Reload : bool { No, Yes };

struct Setting {
    char const* name; ///< "storage-driver": --storage-driver and the file's key
    char const* short_name; ///< Go style: "s", also "api-enable-cors"; empty: none
    Shape shape;
    Where where;
    Reload reload; ///< does SIGHUP apply it?
    char const* argument; ///< for --help: "DIR"
    char const* help;
    Result<void> (*set)(Config&, std::string_view value);
    std::string (*get)(Config const&);
};

std::span<Setting const> settings();
/// By name or short name; null: unknown.
Setting const* find_setting(std::string_view name);
/// What --help prints.
std::string help_text();

/// Names of the settings in which two configurations differ.
std::vector<Setting const*> differences(Config const& old_one, Config const& new_one);

} // namespace staithe::config
