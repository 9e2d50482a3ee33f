// What ps can tell of a process, by the names that its option -o knows.
#pragma once

#include <string>
#include <string_view>

#include "daemon/processes/host.hpp"
#include "daemon/processes/process.hpp"

namespace staithe::processes {

struct Field {
    std::string_view name, title;
    std::string (*text)(Process&, Host&);
};

/// Null: there is no such field.
Field const* find_field(std::string_view name);

} // namespace staithe::processes
