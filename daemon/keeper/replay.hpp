// Stored output in the form that one client asked for.
#pragma once

#include "daemon/log/reader.hpp"
#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::keeper {

inline bool wants(rpc::keeper::Attach const& how, log::Stream stream)
{
    return stream == log::Stream::Out ? how.out : how.err;
}

/// As many of the next records as fit into s_replay. Empty: this is the end, for now. limit: the reader goes no further
/// than to this value of passed(). Valid until the next call.
Result<std::string_view> next_batch(log::Reader&, rpc::keeper::Attach const&, uint64_t limit);

/// The program's mode --replay: writes the whole log to a blocking socket. An error is the client's going away.
Result<void> replay(int state_dir, int socket, rpc::keeper::Attach const&);

} // namespace staithe::keeper
