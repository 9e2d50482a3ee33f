// What a client must know about a container before it connects to its streams.
#pragma once

#include <string>

#include "cli/client.hpp"

namespace staithe::cli::commands {

struct Facts {
    std::string id;
    bool running = false, ended = false, tty = false, open_stdin = false, stdin_once = false;
};

/// An unknown name is told with the next step.
Result<Facts> look_up(Client const&, std::string const& name);

} // namespace staithe::cli::commands
