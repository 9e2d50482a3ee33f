// SPDX-License-Identifier: Apache-2.0
//
// A tree as text, so that a test can say exactly what must be there.
#pragma once

#include <string>

namespace staithe::test {

/// One line for each thing below the directory, sorted by path, the root included:
///     f 644 0:0 etc/passwd = root:x:0:0\n       content, or its size and a sum where it is long
///     d 755 0:0 etc        l 777 0:0 l -> target        c 666 0:0 dev/null 1:3        p 644 0:0 fifo
/// followed by " is NAME" where it is the same file as one before, and " user.x=…" for each extended attribute. Bytes
/// that are not printable are \xNN.
std::string listing(int directory);

} // namespace staithe::test
