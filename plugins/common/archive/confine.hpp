// SPDX-License-Identifier: Apache-2.0
//
// The cell in which archives of strangers are read.
#pragma once

#include <staithe/cpp/result.hpp>

namespace staithe::archive {

/// The descriptors of a confined process; all others are closed. What a library says on standard error goes nowhere:
/// a directory takes no writes.
struct CellDescriptors {
    static constexpr int input = 0, result = 1, root = 2;
};

/// Puts this process, a fresh single-threaded child, into the cell: dies with its parent, root directory is the tree,
/// umask 0, no new privileges, only the capabilities that unpacking needs, memory for 128 MiB of decompressor window
/// and 32 MiB besides, and only the system calls of an unpacker; starting a program or opening a socket kills it.
Result<void> enter_cell(int input, int result, int root);

} // namespace staithe::archive
