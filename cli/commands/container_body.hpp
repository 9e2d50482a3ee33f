// From the flags of run, create and start to the two JSON bodies of the API: Config, at create, and HostConfig, at
// start.
#pragma once

#include <string>

#include <staithe/cpp/result.hpp>

#include "cli/flags.hpp"

namespace staithe::cli::commands {

/// Which of a container's streams a client connects to.
struct Streams {
    bool in = false, out = false, err = false;
};

/// What -a and -i say; without -a: the output, and the input with -i.
Result<Streams> wanted_streams(Arguments const&);

/// The body of create; operands are IMAGE [PROGRAM [ARGUMENT…]].
Result<std::string> config_body(Arguments const&, Streams);
/// The body of start; empty when no flag asks for one, so that the daemon takes what it remembers.
Result<std::string> host_config_body(Arguments const&);
/// Both in one, for a container that somebody else starts: HostConfig is a key of Config then, as in today's APIs.
Result<std::string> whole_body(Arguments const&, Streams);

} // namespace staithe::cli::commands
