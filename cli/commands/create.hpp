// What run and create share: making a container.
#pragma once

#include <string>

#include "cli/client.hpp"
#include "cli/flags.hpp"

namespace staithe::cli::commands {

/// POST /containers/create with that body and the flags' name; warnings are shown. Returns the id.
Result<std::string> create_container(Client const&, Arguments const&, std::string const& body);

} // namespace staithe::cli::commands
