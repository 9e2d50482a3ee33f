// SPDX-License-Identifier: Apache-2.0
//
// Archives that want out of their layer, down with the reader, or into the driver's own bookkeeping.
#pragma once

#include <string>
#include <vector>

namespace staithe::test {

struct HostileArchive {
    std::string name;
    std::string bytes;
    bool must_fail = false; ///< else it may also be unpacked, as long as it stays inside
};

/// victim is a directory outside of every layer, with the file "file" in it.
std::vector<HostileArchive> hostile_archives(std::string const& victim);

} // namespace staithe::test
