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
};

/// victim is a directory outside of every layer, with the file "file" in it. What each archive must come to is in
/// hostile_verdicts.txt.
std::vector<HostileArchive> hostile_archives(std::string const& victim);

} // namespace staithe::test
