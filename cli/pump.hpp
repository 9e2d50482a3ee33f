// The two directions between this program's descriptors and an attached connection.
#pragma once

#include <staithe/cpp/result.hpp>

#include "cli/connection.hpp"

namespace staithe::cli {

struct PumpOptions {
    int in = -1; ///< -1: nothing is sent, and the daemon is told so at once
    int out = 1, err = 2;
    bool framed = true; ///< the container has no tty
};

/// Why the stream ended.
struct PumpEnd {
    bool detach_keys = false; ///< Ctrl-P Ctrl-Q were the last bytes sent
    bool input_ended = false;
    bool output_lost = false; ///< nobody reads our output any more (EPIPE)
};

/// Runs until the daemon ends the stream or our reader has gone. An end of input is passed on as a half-close, and
/// output goes on. Output is written with blocking calls: a slow reader slows the container down.
Result<PumpEnd> pump(Connection&, PumpOptions const&);

} // namespace staithe::cli
