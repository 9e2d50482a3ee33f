// The buffers of the keeper's one thread. Untouched pages cost nothing, and release_scratch() makes them untouched.
#pragma once

#include "daemon/keeper/frames.hpp"

namespace staithe::keeper {

inline constexpr size_t block_bytes = log::max_record_bytes;

/// For one read of the container's output, or of a client's input that nobody wants.
alignas(64) inline char s_block[block_bytes];

/// For a batch of replayed records with their frame headers.
alignas(64) inline char s_replay[2 * (block_bytes + 4096)];

/// Gives the pages back, with those that the stack and the heap do not need now.
void release_scratch();

} // namespace staithe::keeper
